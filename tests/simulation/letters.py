"""Dead letters: why each was set aside, and what operators have had told again."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

from infra.operate.letters import Box
from tests.simulation import operators
from tests.simulation.cloud.sqs import Waiting
from tests.simulation.cloud.streams import Record
from tests.simulation.world import BEGAN, STRETCH, World, event_of

RELIC = "relic#"  # the key of an item that tells what nobody knows
POISON = (
    "not json",
    "{}",
    '{"id": "poison/1", "type": "emporium.products.PriceChanged.v1", "sequence": "x", "data": {}}',
    '{"id": "poison/2", "type": "emporium.orders.OrderPlaced.v1", "data": null}',
)
BOXES = ("inbox", "relay")


def given_up(records: Sequence[Record], shard: int) -> str:
    """What Lambda tells of records that a mapping let go, since they were too old: where they were, not what."""
    first, last = ((BEGAN + timedelta(seconds=records[at].at)).isoformat() for at in (0, -1))
    stretch = {
        "shardId": f"shard-{shard}",
        "startSequenceNumber": records[0].sequence,
        "endSequenceNumber": records[-1].sequence,
        "approximateArrivalOfFirstRecord": first,
        "approximateArrivalOfLastRecord": last,
        "batchSize": len(records),
    }
    return json.dumps({"requestContext": {"condition": "RecordAgeExceeded"}, STRETCH: stretch})


def look(world: World) -> None:
    """Holds what relays set aside against its rules: only what was refused for good, and each with its cause."""
    for message in _of(world, "relay"):
        if STRETCH in message.body:
            continue
        if message.body not in world.faults.refused and RELIC not in message.body:
            world.violate("a relay sets aside what was refused for good alone", message.body)
        if not message.attributes.get("cause"):
            world.violate("what a relay sets aside has its cause", message.body)


def left(world: World, *boxes: str) -> None:
    """What was set aside is heard or told by now, but for what nobody ever can."""
    for message in to_heal(world, *boxes):
        world.violate("a dead letter that is given back is heard", message.body)


def to_heal(world: World, *boxes: str) -> Iterator[Waiting]:
    """The letters that somebody can hear or tell, those among them that SNS gives up on later.

    A stretch of a stream stays while one item of it can not be told, though all others are.
    """
    long = world.faults.counted["fact longer than a message"]
    for message in (each for box in boxes for each in _of(world, box)):
        if message.body not in POISON and RELIC not in message.body and not (long and STRETCH in message.body):
            yield message


def standing(world: World) -> set[str]:
    """The events that stand in some queue of dead letters."""
    return {event_of(message.body) for box in BOXES for message in _of(world, box)}


def redrive(world: World, name: str, only: Box) -> bool:
    """An operator runs the tool for one queue. What a relay set aside is told as it stands by now, by a newer event."""
    look(world)
    if only == "relay":
        world.set_aside |= {event_of(message.body) for message in _of(world, "relay")}
    return operators.redrive(world, name, only)


def clear(world: World) -> None:
    """An operator runs it for each queue that is not empty, once all letters can be seen."""
    for name in world.apps:
        for box in BOXES:
            queue = world.sqs.queues.get(f"{name}-{box}-dlq")
            if queue and queue.waiting:
                hidden = max(message.visible for message in queue.waiting)
                world.scheduler.sleep(max(0.0, hidden - world.scheduler.now))
                redrive(world, name, "inbox" if box == "inbox" else "relay")


def _of(world: World, box: str) -> Iterator[Waiting]:
    for name, queue in world.sqs.queues.items():
        if name.endswith(f"{box}-dlq"):
            yield from queue.waiting
