"""The items of a table by the hash key of an index: kept from the first query on that index, and right ever after."""

from collections import defaultdict

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

Key = tuple[DynamoType, DynamoType | None]
Values = tuple[DynamoType, ...]
Bucket = dict[Key, Item]
Buckets = dict[Values, Bucket]


def buckets(table: Table, names: tuple[str, ...]) -> Buckets:
    """The buckets of an index by its hash attributes; made when they are first asked for."""
    known: dict[tuple[str, ...], Buckets] = table.__dict__.setdefault("_buckets", {})
    if names not in known:
        known[names] = defaultdict(dict)
        for item in table.all_items():
            move(known[names], names, None, item)
    return known[names]


def follow(table: Table, before: Item | None, after: Item | None) -> None:
    """Keeps the buckets right when an item takes the place of another, or of none, or goes."""
    for names, known in table.__dict__.get("_buckets", {}).items():
        move(known, names, before, after)


def move(known: Buckets, names: tuple[str, ...], before: Item | None, after: Item | None) -> None:
    if before is not None and (values := values_of(before, names)) in known:
        known[values].pop((before.hash_key, before.range_key), None)
        if not known[values]:
            del known[values]
    if after is not None and (values := values_of(after, names)) is not None:
        known[values][after.hash_key, after.range_key] = after


def values_of(item: Item, names: tuple[str, ...]) -> Values | None:
    """None for an item that the index does not hold."""
    values = [item.attrs.get(name) for name in names]
    return None if any(value is None for value in values) else tuple(values)  # type: ignore[arg-type]
