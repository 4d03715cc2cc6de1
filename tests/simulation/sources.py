"""What calls the functions: the queues, the streams and the clock, as Lambda's event sources do."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.simulation import letters
from tests.simulation.clients import Crash
from tests.simulation.cloud.dynamodb import Change
from tests.simulation.cloud.sqs import Waiting
from tests.simulation.cloud.streams import KEPT, SHARDS, Record
from tests.simulation.facts import due
from tests.simulation.scheduler import NEVER
from tests.simulation.topology import parts
from tests.simulation.world import World, event_of, seconds


@dataclass(frozen=True)
class Clock:
    """A capability's schedule: each so many seconds, for what is due by that attribute."""

    name: str
    due: str
    every: float


BATCH = 10
AT_ONCE = 3  # batches of one queue under way
CLOCKS = (Clock("orders", "ask_at", 60.0), Clock("products", "tell_at", 300.0), Clock("customers", "tell_at", 300.0))
OLDEST = 22 * 3600.0  # seconds, after which a mapping sets a record aside (the overlays' MaximumRecordAgeInSeconds)


def connect(world: World) -> None:
    """Starts all event sources."""
    for part in parts():
        for shard in range(SHARDS):
            world.places[part.name, shard] = 0
            follower = world.scheduler.spawn(f"stream {part.name}/{shard}", partial(_follow, world, part.name, shard))
            world.pokes.setdefault(part.name, []).append(follower)
        if part.hears:
            poller = world.scheduler.spawn(f"queue {part.name}", partial(_poll, world, part.name))
            world.pokes.setdefault(f"{part.name}-inbox", []).append(poller)
    for clock in CLOCKS:
        world.pokes[clock.name].append(world.scheduler.spawn(f"clock {clock.name}", partial(_tick, world, clock)))


def _poll(world: World, name: str) -> None:
    queue, under_way = world.inboxes[name], [0]
    while True:
        until = _shut_until(world, queue.name)
        ready = queue.visible() if until is None and under_way[0] < AT_ONCE else []
        if not ready:
            times = [message.visible for message in queue.waiting] if until is None else [until]
            later = [time for time in times if time > world.scheduler.now]
            world.scheduler.sleep(min(later, default=NEVER) - world.scheduler.now)
            continue
        if world.faults.hits("delivered in another order", len(ready) > 1):
            world.faults.chance.shuffle(ready)
        batch = queue.receive(ready[: world.chance.randint(1, BATCH)])
        under_way[0] += 1
        records = [(message, message.receipt, message.received) for message in batch]
        world.scheduler.spawn(f"{name}.inbox", partial(_consume, world, name, records, under_way))
        world.scheduler.sleep(0.0)


def _consume(world: World, name: str, records: list[tuple[Waiting, str, int]], under_way: list[int]) -> None:
    """One batch: what was heard is deleted, all else is seen again once its time out of sight is over."""
    queue, faults = world.inboxes[name], world.faults
    for message, _, _ in records:
        if faults.hits("seen again while worked on"):
            message.visible = world.scheduler.now + faults.chance.uniform(0, 0.2)
    event = {"Records": [_message(*record) for record in records]}
    if world.throttles(name):
        under_way[0] -= 1
        return
    try:
        answer = world.run_function(f"{name}.inbox", world.serving(name, "inbox"), event)
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        heard = [(message, receipt) for message, receipt, _ in records if message.id not in failed]
        for message, _ in heard:
            world.heard.add((queue.name, event_of(message.body)))
        if not faults.hits("answer of a function lost"):
            for _, receipt in heard:
                if not faults.hits("deletion lost"):
                    queue.delete(receipt)
    except Crash:
        pass
    finally:
        under_way[0] -= 1
        world.poke(queue.name)


def _message(message: Waiting, receipt: str, received: int) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(received)}
    return {"messageId": message.id, "receiptHandle": receipt, "body": message.body, "attributes": attributes}


def _follow(world: World, name: str, shard: int) -> None:
    failures = 0
    while True:
        until = _shut_until(world, f"{name}-stream")
        if until is not None:
            world.scheduler.sleep(until - world.scheduler.now)
            continue
        _let_go(world, name, shard)
        records = world.dynamodb.tables[name].stream.after(shard, world.places[name, shard], 100, world.scheduler.now)
        if not records:
            world.scheduler.sleep(NEVER)
            continue
        if world.faults.hits("batch of a stream cut", len(records) > 1):
            records = records[: world.faults.chance.randint(1, len(records))]
        told = _tell(world, name, shard, records[: max(1, len(records) >> failures)])  # halved at each failure
        failures = 0 if told else min(failures + 1, 7)
        world.scheduler.sleep(min(2.0**failures, 60.0) * world.chance.random() if failures else 0.0)


def _tell(world: World, name: str, shard: int, records: list[Record]) -> bool:
    """Gives a batch to the relay, in a task of its own; whether it got through as a whole."""
    answers: list[Any] = []
    if world.throttles(name):
        return False

    def relay() -> None:
        try:
            event = {"Records": [record.event() for record in records]}
            answers.append(world.run_function(f"{name}.relay", world.serving(name, "relay"), event))
        except (Crash, Exception) as error:
            world.scheduler.tell("relay failed", type(error).__name__)

    telling = world.scheduler.spawn(f"{name}.relay", relay)
    while not world.scheduler.wait_for(telling, NEVER):  # news of the table does not end it: a shard has one at a time
        pass
    if not answers or world.faults.hits("answer of a function lost"):
        return False
    failed = [each["itemIdentifier"] for each in answers[0]["batchItemFailures"]]
    done = next((at for at, record in enumerate(records) if record.sequence in failed), len(records))
    if done and not world.faults.hits("batch of a stream replayed"):
        world.places[name, shard] = records[done - 1].number
    return not failed


def _let_go(world: World, name: str, shard: int) -> None:
    """Passes what is too old: a mapping sets it aside while the stream still has it, and knows nothing of it after."""
    now, place, aged = world.scheduler.now, world.places[name, shard], list[Record]()
    for record in world.dynamodb.tables[name].stream.shards[shard]:
        if record.number <= place or now - record.at < OLDEST:
            continue
        world.places[name, shard] = record.number
        events = due(Change(name, record.key, record.before, record.after))
        (world.lost if now - record.at >= KEPT else world.aged).update(events)
        if now - record.at < KEPT:
            aged.append(record)
    if aged:
        world.sqs.queues[f"{name}-relay-dlq"].put(letters.given_up(aged, shard))


def _shut_until(world: World, way: str) -> float | None:
    now = world.scheduler.now
    return max(
        (each.until for each in world.outages if each.way == way and each.since <= now < each.until), default=None
    )


def _tick(world: World, clock: Clock) -> None:
    """Each time at which something is due; at another a tick would find nothing, and it is left out."""
    scheduler, faults, last = world.scheduler, world.faults, 0.0
    while True:
        time = _next(world, clock, last)
        if time > scheduler.now:
            scheduler.sleep(time - scheduler.now)  # or until an item is written, which may be due earlier
            continue
        last = scheduler.now
        if faults.hits("tick missed"):
            continue
        for _ in range(2 if faults.hits("tick twice") else 1):
            delay = faults.chance.uniform(0, 60) if faults.hits("tick late") else 0.0
            scheduler.spawn(f"{clock.name}.tick", lambda: _run_tick(world, clock.name), delay=delay)


def _run_tick(world: World, name: str) -> None:
    names = ("id", "account", "time", "region", "version")
    if world.throttles(name):
        return
    event = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}, "resources": []}
    try:
        world.run_function(f"{name}.tick", world.serving(name, "tick"), event | dict.fromkeys(names, ""))
    except (Crash, Exception) as error:
        world.scheduler.tell("tick failed", type(error).__name__)


def _next(world: World, clock: Clock, last: float) -> float:
    """The first time after `last` at which the clock calls, and something is due."""
    items = world.dynamodb.tables[clock.name].items.values()
    dues = [item[clock.due]["S"] for item in items if clock.due in item]
    if not dues:
        return NEVER
    return clock.every * max(math.ceil(seconds(min(dues)) / clock.every), last // clock.every + 1)
