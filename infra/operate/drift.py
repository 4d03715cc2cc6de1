"""Whether what capabilities keep of each other's still is what the others say: looked at in samples.

A copy is compared in what it shares with what it is a copy of; an order that came to its end, with what products
answered it. A copy has an owner, and what is held is held for an order. What changed a moment ago may still be under
way, and is left alone.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chassis import clock, items
from infra.operate.copies import COPIES, Copies
from infra.operate.facts import get
from infra.operate.findings import Finding
from infra.operate.place import Place

GRACE = timedelta(minutes=2)
PAGES = 20  # of a table, read for one sample
_OWN = {"pk", "version", "changed_at", "outbox"}  # what a copy has for itself
Plain = Mapping[str, Any]


# A rejected order, too, holds nothing once it was released: what a restore that lost the answer asks for.
ANSWERED = {"confirmed": {"reserved"}, "rejected": {"refused", "released"}, "cancelled": {"released"}}


def drifted(place: Place, sample: int) -> Iterator[Finding]:
    """Looks at so many things of each kind, at another place of the table each time."""
    for copies in COPIES:
        yield from _copies(place, copies, sample)
        yield from _orphans(place, copies, sample)
    yield from _answers(place, sample)
    yield from _without_order(place, sample)


def _copies(place: Place, copies: Copies, sample: int) -> Iterator[Finding]:
    originals = _settled(_sample(place, copies.of, copies.kind, sample))
    wrong = _wrong_copies(originals, _read(place, copies.at, originals))
    again = _settled(_read(place, copies.of, wrong))  # it may have changed between the two looks
    for key, why in _wrong_copies(again, _read(place, copies.at, again)).items():
        tell = f"emporium republish {copies.of} --kind {copies.kind}"
        heal = f"emporium restored {copies.of}" if "its owner" in why else tell
        yield Finding(copies.at, f"its copy of {key} {why}; {heal}", "read-model-drift")


def _wrong_copies(originals: Mapping[str, Plain], copied: Mapping[str, Plain]) -> dict[str, str]:
    wrong = {}
    for key, original in originals.items():
        copy = copied.get(key)
        if copy is None:
            wrong[key] = "is missing"
        elif copy["version"] > original["version"]:
            wrong[key] = f"is of version {copy['version']}, and its owner has only {original['version']}"
        elif differing := sorted(name for name in original.keys() & copy.keys() - _OWN if original[name] != copy[name]):
            wrong[key] = f"has another {' and '.join(differing)}"
    return wrong


def _orphans(place: Place, copies: Copies, sample: int) -> Iterator[Finding]:
    """Copies whose owner has no such thing. Version 0 is known of (infra.operate.restoring), and no loss to come by."""
    copied = {
        key: copy
        for key, copy in _sample(place, copies.at, copies.kind, sample).items()
        if copy["version"] and copy.get("status") != "deactivated"
    }
    there = _read(place, copies.of, copied)
    for key in (key for key in copied if key not in there):
        what = f"its copy of {key} is of something that {copies.of} has not; emporium restored {copies.of}"
        yield Finding(copies.at, what, "read-model-drift")


def _without_order(place: Place, sample: int) -> Iterator[Finding]:
    """Stock that is held for orders that are not there: an order is there before its stock is asked for."""
    answers = _sample(place, "products", "reservation", sample)
    held = {f"order#{each['id']}": each for each in answers.values() if each["status"] == "reserved"}
    there = _read(place, "orders", held)
    for key in (key for key in held if key not in there):
        what = f"stock is held for order {key.partition('#')[2]}, which is not there; emporium restored orders"
        yield Finding("products", what, "read-model-drift")


def _answers(place: Place, sample: int) -> Iterator[Finding]:
    orders = {
        key: each for key, each in _settled(_sample(place, "orders", "order", sample)).items() if "ask_at" not in each
    }
    wrong = _wrong_answers(orders, _answered(place, orders))
    again = {key: each for key, each in _settled(_read(place, "orders", wrong)).items() if "ask_at" not in each}
    for key, why in _wrong_answers(again, _answered(place, again)).items():
        what = f"order {key.partition('#')[2]} {why}; emporium restored products"
        yield Finding("products", what, "read-model-drift")


def _answered(place: Place, orders: Mapping[str, Plain]) -> dict[str, Plain]:
    return _read(place, "products", {f"reservation#{order['id']}": order for order in orders.values()})


def _wrong_answers(orders: Mapping[str, Plain], answers: Mapping[str, Plain]) -> dict[str, str]:
    wrong = {}
    for key, order in orders.items():
        answer = answers.get(f"reservation#{order['id']}")
        status = answer["status"] if answer else "not there"
        if status not in ANSWERED.get(order["status"], ()):
            wrong[key] = f"is {order['status']}, and its reservation is {status}"
    return wrong


def _read(place: Place, capability: str, keys: Mapping[str, object]) -> dict[str, Plain]:
    return {key: items.read_item(item) for key, item in get(place, capability, keys).items()}


def _settled(found: Mapping[str, Plain]) -> dict[str, Plain]:
    """Those that did not change just now."""
    before = clock.now() - GRACE
    return {key: each for key, each in found.items() if datetime.fromisoformat(each["changed_at"]) < before}


def _sample(place: Place, capability: str, kind: str, count: int) -> dict[str, Plain]:
    """Up to so many of a kind: from some place on (a scan goes by the hash of the keys), and then from the start."""
    found: dict[str, Plain] = {}
    for start in ({"ExclusiveStartKey": {"pk": {"S": f"{kind}#{uuid.uuid4()}"}}}, {}):
        for page in _pages(place, place.table(capability), kind, start):
            found |= {item["pk"]["S"]: items.read_item(item) for item in page if len(found) < count}
            if len(found) >= count:
                return dict(list(found.items())[:count])
    return found


def _pages(place: Place, table: str, kind: str, start: Mapping[str, Any]) -> Iterator[list[Any]]:
    place_in_it = dict(start)
    for _ in range(PAGES):
        page: Any = place.dynamodb.scan(
            TableName=table,
            FilterExpression="begins_with(pk, :kind)",
            ExpressionAttributeValues={":kind": {"S": f"{kind}#"}},
            **place_in_it,
        )
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        place_in_it = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
