"""An operator puts a capability's table back to an older state, and has all agree again by the very tool.

What the capability acknowledged since is forfeited, and so is what its old stream had not told; nothing else is.
"""

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.operate.pace import Pace
from infra.operate.restoring import restore
from infra.operate.restoring.table import Run
from tests.simulation import operators
from tests.simulation.cloud.dynamodb import Change, Item
from tests.simulation.cloud.streams import Stream
from tests.simulation.facts import due, teller
from tests.simulation.faults import Faults
from tests.simulation.world import BEGAN, Outage, World

KIND = "restored from an older snapshot, then told anew"
HOUR = 3600.0
RATE = 1000.0  # things a second
KILLED = 3  # runs of the tool that may be killed; then it is left alone
EARLY = (1.0, 5.0, 30.0)  # seconds, at most, from the beginning to the snapshot
LATER = (3.0, 10.0, 30.0, 7200.0)  # seconds, at most, from the snapshot to the restore


@dataclass(frozen=True)
class Snapshot:
    """A table as it was; `back` has what puts back what others know of it."""

    name: str
    at: float
    items: dict[str, Item]
    told: frozenset[str]
    erased: set[str]
    back: tuple[Callable[[], None], ...]


def take(world: World, name: str) -> Snapshot:
    items, back = dict(world.dynamodb.tables[name].items), tuple(keeper(name) for keeper in world.keepers)
    return Snapshot(name, world.scheduler.now, items, frozenset(world.told), set(world.erased), back)


def operate(world: World) -> None:
    """One restore of a capability that chance picks, from its snapshot until all may come in again."""
    chance = random.Random(f"restores/{world.seed}")
    name = chance.choice(list(world.apps))
    world.scheduler.sleep(chance.uniform(0, chance.choice(EARLY)))
    snapshot = take(world, name)
    world.scheduler.sleep(chance.uniform(0, chance.choice(LATER)))
    ways = [Outage(f"{name}-{way}", world.scheduler.now, math.inf) for way in ("inbox", "stream")]
    doors = {f"{name}.api", f"{name}.tick"}
    world.outages += [*ways, Outage(f"{name}-restored", snapshot.at, math.inf)]
    world.closed |= doors
    _put_back(world, snapshot)
    world.scheduler.sleep(chance.uniform(0, 60.0))
    if chance.random() < 0.5:  # functions run, or not yet, while the tool does
        _open(world, name, ways)
    for attempt in range(KILLED + 1):
        if agree(world, name, world.faults if attempt < KILLED else None) is not None:
            break
    world.closed -= doors
    _open(world, name, world.outages)


def agree(world: World, name: str, faults: Faults | None = None) -> Counter[str] | None:
    """`emporium restored NAME`: how often it did what; None where it did not come to its end."""
    done = Counter[str]()

    def tool(place: Any) -> None:
        for step in restore(Run(place, name, Pace(RATE))):
            world.scheduler.tell("restored", step.verb, step.what)
            done[step.verb] += 1

    return done if operators.run(world, f"restored {name}", tool, faults or _none()) else None


def agree_at_last(world: World, name: str) -> None:
    """Once nothing is under way that was told before; and as long as products is asked for something by it."""
    while done := agree(world, name):
        if not done.keys() & {"released", "asked for anew"}:
            return
        world.scheduler.sleep(HOUR)


def _none() -> Faults:
    faults = Faults(0)
    faults.heal()
    return faults


def _put_back(world: World, snapshot: Snapshot) -> None:
    """There is another table of the name; whatever function of the capability was under way is gone."""
    name, now = snapshot.name, world.scheduler.now
    world.lives[name] += 1
    table = world.dynamodb.tables[name]
    if name == "orders":
        world.undone |= _undone(table.items, snapshot.items)
    if name == "customers":
        world.erased &= snapshot.erased
    _forfeit(world, snapshot)
    table.items, table.made, table.stream = dict(snapshot.items), now, Stream(count=table.stream.count)
    table.last.clear()
    world.floors[name] = int(BEGAN.timestamp() + now)
    for back in snapshot.back:
        back()
    world.scheduler.tell("put back", name, snapshot.at)


def _undone(now: dict[str, Item], then: dict[str, Item]) -> set[str]:
    """Orders that were placed since, or cancelled: placed anew by the same key they find that they were released."""
    ended = {key for key, item in now.items() if item.get("status") == {"S": "cancelled"}}
    since = {key for key in ended if then.get(key, {}).get("status") != {"S": "cancelled"}}
    return {key.partition("#")[2] for key in since | now.keys() - then.keys()}


def _forfeit(world: World, snapshot: Snapshot) -> None:
    """What was told since, and what never came out of the old stream, nobody waits for any more."""
    name = snapshot.name
    events = {event for event in world.told.keys() - snapshot.told if teller(event) == name}
    for shard, records in enumerate(world.dynamodb.tables[name].stream.shards):
        for record in records:
            if record.number > world.places[name, shard]:
                events |= set(due(Change(name, record.key, record.before, record.after)))
    for event in events:
        world.heard -= {(queue, event) for queue in world.told.pop(event, ())}


def _open(world: World, name: str, ways: list[Outage]) -> None:
    for way in ways:
        if way.until == math.inf:
            way.until = world.scheduler.now
    for each in (name, f"{name}-inbox"):
        world.poke(each)
