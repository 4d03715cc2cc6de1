"""Whether a capability can be deployed beside what runs: what it tells, hears, answers and keeps, as one bundle.

A bundle is stored with what runs. Before the next deploy the new one is held against the one that runs of the same
capability (N-1 and N work side by side while traffic goes over, on one table and one queue) and against those of all
others, who hear what it tells and tell what it hears.
"""

import json
from collections.abc import Iterator
from typing import Any

from infra.contracts.acceptance import not_taken
from infra.contracts.compatibility import breaking_changes, resolved
from infra.contracts.routes import broken_routes
from infra.contracts.schemas import Schema

Bundle = dict[str, Any]
FORMAT = 1  # of a bundle; one of another format can not be compared


class BundleNotRead(ValueError):
    """What is stored with what runs is no bundle of this format; the message says what it is."""


def bundle(capability: str) -> bytes:
    """All contracts of a capability, made from the code, as canonical JSON; raises KeyError for an unknown one.

    `tells` and `hears` are by event type: the schema of the whole event, and of the part of it that is read. `answers`
    is the OpenAPI document. `keeps` has the kinds of items in its table.
    """
    from infra.contracts.capabilities import capabilities
    from infra.contracts.events import event_schemas
    from infra.contracts.openapi import openapi
    from infra.contracts.reading import heard_schemas, kept_schemas

    known = capabilities()[capability]
    made = {
        "format": FORMAT,
        "capability": capability,
        "tells": event_schemas(known),
        "hears": heard_schemas(known),
        "answers": openapi(known),
        "keeps": kept_schemas(capability),
    }
    return json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def breaks(running: bytes, new: bytes) -> list[str]:
    """What would break if `new` went beside `running`, each as a sentence; empty if nothing does.

    Both are bundles: of one capability, or of two that may tell each other something. Raises BundleNotRead.
    """
    old, fresh = _read(running), _read(new)
    found = _of_itself(old, fresh) if old["capability"] == fresh["capability"] else _between(old, fresh)
    return list(dict.fromkeys(found))


def _of_itself(old: Bundle, new: Bundle) -> Iterator[str]:
    name = new["capability"]
    for type, schema in old["tells"].items():
        if type not in new["tells"]:
            yield f"{name} would no longer tell {_short(type)}: whoever hears it waits in vain."
            continue
        for change in breaking_changes(schema, new["tells"][type]):
            yield f"{name} would tell {_short(type)} otherwise: {change}. Whoever hears it may count on that."
    for type in old["hears"].keys() - new["hears"].keys():
        yield f"{name} would no longer hear {_short(type)}: those that wait in its queue would be lost."
    for broken in broken_routes(old["answers"], new["answers"]):
        yield f"{name}: {broken}. Clients count on that."
    yield from _tables(old, new)


def _tables(old: Bundle, new: Bundle) -> Iterator[str]:
    """Both versions read what either wrote, until all traffic has gone over, and after a rollback."""
    for kind, schema in old["keeps"].items():
        if kind not in new["keeps"]:
            yield f"{new['capability']} would no longer know its items {kind}, which are in its table."
            continue
        for place in _lost(schema, new["keeps"][kind]):
            yield f"{new['capability']} would lose {place} of its items {kind}, which what runs keeps."
        for reason in not_taken(schema, new["keeps"][kind], limits=False):
            yield f"{new['capability']} could not read its own items {kind} that are in its table: {reason}."
        for reason in not_taken(new["keeps"][kind], schema, limits=False):
            yield f"What runs of {new['capability']} could not read an item {kind} of the new version: {reason}."


def _lost(old: Schema, new: Schema) -> list[str]:
    """A field that the new version does not know is gone once it saves the item; what lies in one goes with it."""
    lost = set(_places(resolved(old, old))) - set(_places(resolved(new, new)))
    return sorted(place for place in lost if place.rpartition(".")[0] not in lost)


def _places(part: Schema) -> Iterator[str]:
    """Every field of what is kept, with those that it lies in: one that is called otherwise is another."""
    for name, each in part.get("properties", {}).items():
        yield name
        yield from (f"{name}.{inner}" for inner in _places(each))
    for each in (part.get("items"), part.get("additionalProperties"), *part.get("anyOf", ())):
        if isinstance(each, dict):
            yield from _places(each)


def _between(other: Bundle, new: Bundle) -> Iterator[str]:
    """What waits in a queue was told by what runs, and what is told anew is heard by what runs."""
    yield from _unheard(teller=new, hearer=other)
    yield from _unheard(teller=other, hearer=new)


def _unheard(teller: Bundle, hearer: Bundle) -> Iterator[str]:
    """A fact that is not told (yet) breaks nobody who would hear it."""
    for type in hearer["hears"].keys() & teller["tells"].keys():
        for reason in not_taken(teller["tells"][type], hearer["hears"][type], limits=False):
            yield f"{hearer['capability']} could not read {_short(type)}, as {teller['capability']} tells it: {reason}."


def _read(stored: bytes) -> Bundle:
    try:
        read: Bundle = json.loads(stored)
        written = read["format"]
    except (ValueError, KeyError, TypeError):
        raise BundleNotRead("what is stored is no bundle of contracts") from None
    if written != FORMAT:
        raise BundleNotRead(f"the contracts are stored in format {written}, and format {FORMAT} is compared here")
    return read


def _short(type: str) -> str:
    """emporium.orders.OrderPlaced.v1 is the event orders.OrderPlaced.v1."""
    return type.removeprefix("emporium.")
