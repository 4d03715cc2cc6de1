"""Writes that happen once and whole: one stream record each, none when nothing changes, no trace when they fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge, ItemSizeToUpdateTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from infra.local.moto import items
from infra.local.moto.indexes import follow
from infra.local.moto.patching import around, instead


def update_item(
    original: Callable[..., Item],
    self: DynamoDBBackend,
    table_name: str,
    key: dict[str, dict[str, Any]],
    *args: Any,
    **kwargs: Any,
) -> Item:
    """Lets moto update a copy of the item, and keeps the copy only when that succeeds.

    moto changes the item itself step by step, so that a failure leaves the first steps, and tells the stream of a new
    item twice: once when it has only its key.
    """
    table = self.get_table(table_name)
    where = items.key_of(self, table, key)
    before = items.find(table, *where)
    with untold(table):
        try:
            if before is not None:
                items.put(table, *where, items.clone(before))
            after = original(self, table_name, key, *args, **kwargs)
            items.check_size(after)
        except BaseException as failure:
            items.place(table, *where, before)
            if isinstance(failure, ItemSizeTooLarge):
                raise ItemSizeToUpdateTooLarge() from failure
            raise
    follow(table, before, after)
    tell(table, before, after)
    return after


@contextmanager
def untold(table: Table) -> Iterator[None]:
    """The stream of the table hears nothing meanwhile."""
    shard, table.stream_shard = table.stream_shard, None
    try:
        yield
    finally:
        table.stream_shard = shard


def tell(table: Table, before: Item | None, after: Item | None) -> None:
    if table.stream_shard is not None:
        table.stream_shard.add(before, after)


def put_item(original: Callable[..., Item], self: Table, item_attrs: dict[str, Any], *args: Any, **kwargs: Any) -> Item:
    whole = all(name in item_attrs for name in self.table_key_attrs)  # if not, moto refuses it
    keys = [DynamoType(item_attrs[name]) for name in self.table_key_attrs] if whole else []
    before = items.find(self, keys[0], keys[1] if len(keys) > 1 else None) if keys else None
    item = original(self, item_attrs, *args, **kwargs)
    follow(self, before, item)
    return item


def get_item(
    original: Callable[..., Item | None],
    self: Table,
    hash_key: DynamoType,
    range_key: DynamoType | None = None,
    projection_expression: list[list[str]] | None = None,
) -> Item | None:
    if self.has_range_key and range_key is None:
        return original(self, hash_key, range_key, projection_expression)  # which refuses it
    item = items.find(self, hash_key, range_key)
    return item.project(projection_expression) if item is not None and projection_expression else item


def delete_item(self: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
    item = items.find(self, hash_key, range_key)
    if item is not None:
        items.place(self, hash_key, range_key, None)
        tell(self, item, None)
    return item


def mend() -> None:
    around(DynamoDBBackend, "update_item", update_item)
    around(Table, "get_item", get_item)
    around(Table, "put_item", put_item)
    instead(Table, delete_item=delete_item)
