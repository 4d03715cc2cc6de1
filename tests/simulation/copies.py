"""What others know of customers and products: as was told, before anything is told again; and as it is, afterwards."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from chassis.items import read_item
from tests.simulation.facts import teller
from tests.simulation.world import World

HOUR = 3600.0
READ = {"customer": ("orders", ("status",)), "product": ("orders", ("status", "name", "price"))}
LATER = {"CustomerRevised"}  # what the last release does not listen to
Plain = dict[str, Any]


def look_at_what_was_told(world: World) -> None:
    """Every fact reached all who listen to it, or was set aside, or was lost to a known outage.

    What is told again days later is not waited for, or it would hide what is lost without a cause.
    """
    gone = world.lost | world.forgotten
    _heard(world, gone | world.aged | world.set_aside)
    last: dict[tuple[str, str], int] = defaultdict(int)
    if world.rollout:  # what was set aside is told as its item stands: by a fact that the last release may not know
        gone |= world.aged | world.set_aside
    for event in world.told.keys() - gone:
        kind, id, version, fact = event.split("/")
        if not (world.rollout and fact in LATER):
            last[kind, id] = max(last[kind, id], int(version))
    last |= {raised: max(last[raised], version) for raised, version in world.raised.items()}
    for copy, own in _behind(world):
        kind, _, id = own["pk"].partition("#")
        if copy.get("version", 0) < last[kind, id]:
            world.violate("a copy has the last that was told", f"{copy} of {own}")
    long = {each.way for each in world.outages if each.until - each.since > 22 * HOUR}
    lost = {event for event in world.lost | world.aged if f"{teller(event)}-stream" not in long}
    if lost:
        world.violate("nothing is lost but to a stream that is off for a day", lost)


def is_healed(world: World) -> bool:
    """Whether no copy is behind what it is a copy of, or nothing is to be told again of which it could be healed.

    What the last release saved is not told again.
    """
    if world.rollout:
        return True
    tables = [world.dynamodb.tables[f"{kind}s"] for kind in READ]
    return not any(_behind(world)) or not any("tell_at" in item for table in tables for item in table.items.values())


def look_at_what_was_healed(world: World) -> None:
    """The last facts of all of which there are copies are heard by now, whatever was set aside or lost on the way."""
    if not world.rollout:
        _heard(world, world.told.keys() - _last(world))
        for copy, own in _behind(world):
            world.violate("a copy is healed", f"{copy} of {own}")
    for kind, (hearer, names) in READ.items():
        copies, owned = dict(all_of(world, hearer, kind)), dict(all_of(world, f"{kind}s", kind))
        for id in sorted(copies.keys() - owned.keys()):
            if copies[id]["version"] and copies[id]["status"] == "active":
                world.violate("a copy is of something that is there", copies[id])
        for id, own in owned.items():
            copy = copies.get(id, {})
            if copy.get("version", 0) > own["version"]:
                world.violate("no copy is newer than what it is a copy of", f"{copy} of {own}")
            if copy.get("version") == own["version"] and any(copy[name] != own[name] for name in names):
                world.violate("a copy is what it is a copy of", f"{copy} of {own}")


def all_of(world: World, table: str, kind: str) -> Iterator[tuple[str, Plain]]:
    """The items of a kind, by their ids."""
    for key, item in world.dynamodb.tables[table].items.items():
        if key.startswith(f"{kind}#"):
            yield key.partition("#")[2], read_item(item)


def _heard(world: World, excused: set[str]) -> None:
    for event, queues in world.told.items():
        for queue in sorted(queues):
            if (queue, event) not in world.heard and event not in excused:
                world.violate("every fact reaches all who listen", f"{event} never came to {queue}")


def _last(world: World) -> set[str]:
    versions = {(kind, id): own["version"] for kind in READ for id, own in all_of(world, f"{kind}s", kind)}
    named = ((event, event.split("/")) for event in world.told)
    return {event for event, (kind, id, version, _) in named if versions.get((kind, id)) == int(version)}


def _behind(world: World) -> Iterator[tuple[Plain, Plain]]:
    """Each copy that is not of the last version, or is missing, with what it is a copy of."""
    for kind, (hearer, _) in READ.items():
        copies = world.dynamodb.tables[hearer].items
        for key, own in world.dynamodb.tables[f"{kind}s"].items.items():
            if key.startswith(f"{kind}#") and copies.get(key, {}).get("version") != own["version"]:
                yield read_item(copies.get(key, {})), read_item(own)
