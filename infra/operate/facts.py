"""What a capability would tell of an item as it stands, and which items are asked for.

A fact that is told again has its old id, version and trace: a hearer who has heard it, or something newer, does nothing
(ADR 1, 2), and one who never did is healed. Nothing is written here, so no customer's ETag changes, and a function that
saves at the same moment is not met: what it tells is newer, whichever comes first.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis import items, messages
from chassis.messages import Message
from chassis.table import BATCH
from infra.apps_in_process import load_apps
from infra.operate.place import Place

Item = dict[str, Any]
Facts = Mapping[str, type]
# An order whose cancellation was answered rests by a save that tells nobody; what it told before still holds.
RESTING: Mapping[tuple[str, str], str] = {("order", "cancelled"): "OrderCancelled"}


@dataclass(frozen=True)
class Wanted:
    """Which items; those that changed in one of the `changed` spans of time, where any are given."""

    kind: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[tuple[datetime, datetime | None], ...] = ()


def facts_of(capability: str) -> Facts:
    """The facts that a capability may tell, by name."""
    load_apps()
    events = importlib.import_module(f"chalicelib.{capability}.events")
    return {fact.__name__: fact for fact in events.FACTS}


def told_by(capability: str, item: Item, facts: Facts) -> list[Message[Any]]:
    """The facts that the item tells; none where it is private.

    Raises as messages.of_item does for an item that does not hold what its fact promises.
    """
    plain = items.read_item(item)
    resting = RESTING.get((plain["pk"].partition("#")[0], str(plain.get("status"))))
    if "outbox" not in plain and resting in facts:
        plain["outbox"] = [{"fact": resting, "trace": ""}]
    return messages.of_item(capability, plain, dict(facts)) if plain.get("outbox") else []


def find(place: Place, capability: str, wanted: Wanted) -> Iterator[Item]:
    """Reads the whole table, and gives what is asked for."""
    pages = place.dynamodb.get_paginator("scan").paginate(TableName=place.table(capability), **_filter(wanted))
    for page in pages:
        yield from (item for item in page["Items"] if _is_within(item, wanted.changed))


def get(place: Place, capability: str, keys: Iterable[str]) -> dict[str, Item]:
    """The items of these keys that there are, as they are now."""
    left, found = [*dict.fromkeys(keys)], dict[str, Item]()
    table = place.table(capability)
    while left:
        batch, left = left[:BATCH], left[BATCH:]
        got: Any = place.dynamodb.batch_get_item(
            RequestItems={table: {"Keys": [{"pk": {"S": key}} for key in batch], "ConsistentRead": True}}
        )
        found |= {item["pk"]["S"]: dict(item) for item in got["Responses"].get(table, ())}
        left += [key["pk"]["S"] for key in got.get("UnprocessedKeys", {}).get(table, {}).get("Keys", ())]
    return found


def _filter(wanted: Wanted) -> dict[str, Any]:
    names, values, conditions = dict[str, str](), dict[str, Any](), list[str]()
    if wanted.kind:
        values[":kind"] = {"S": f"{wanted.kind}#"}
        conditions.append("begins_with(pk, :kind)")
    for at, (name, value) in enumerate(wanted.where.items()):
        names[f"#n{at}"] = name
        values[f":v{at}"] = {"S": value}
        either = f"#n{at} = :v{at}"
        if value.isascii() and value.isdigit():
            values[f":i{at}"] = {"N": value}
            either = f"({either} OR #n{at} = :i{at})"
        conditions.append(either)
    if wanted.changed:  # roughly: a time is kept with no more digits than it has, and so does not sort within a second
        earliest = min(since for since, _ in wanted.changed)
        values[":since"] = {"S": f"{earliest:%Y-%m-%dT%H:%M:%S}"}
        conditions.append("changed_at >= :since")
    return {
        **({"FilterExpression": " AND ".join(conditions)} if conditions else {}),
        **({"ExpressionAttributeNames": names} if names else {}),
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def _is_within(item: Item, spans: Iterable[tuple[datetime, datetime | None]]) -> bool:
    spans = tuple(spans)
    if not spans:
        return True
    at = datetime.fromisoformat(item["changed_at"]["S"])
    return any(since <= at and (until is None or at <= until) for since, until in spans)


def around(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """The span in which what came into a stream between the two was saved, by clocks that may be wrong by minutes."""
    margin = timedelta(minutes=15)
    return first - margin, last + margin
