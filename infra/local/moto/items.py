"""DynamoDB items as values: never changed in place, so that the item before a write is still there after it."""

import copy
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from infra.local.moto.indexes import Key, follow
from infra.local.moto.patching import instead

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
MAX_ITEM_BYTES = 400 * 1024


class Attributes(LimitedSizeDict):
    """The attributes of an item; their size is checked once for each write, not once for each attribute."""

    __setitem__ = dict.__setitem__


def clone(item: Item) -> Item:
    """A copy to be changed by an update; no attribute of it is shared, not even with another attribute."""
    twin = make(item.hash_key, item.range_key)
    for name, value in item.attrs.items():
        twin.attrs[name] = copy.deepcopy(value)
    return twin


def make(hash_key: DynamoType, range_key: DynamoType | None) -> Item:
    item: Item = object.__new__(Item)
    item.hash_key, item.range_key, item.attrs = hash_key, range_key, Attributes()
    return item


def check_size(item: Item) -> None:
    """Raises ItemSizeTooLarge above 400 KB."""
    if size_of(item) > MAX_ITEM_BYTES:
        raise ItemSizeTooLarge


def size_of(item: Item) -> int:
    """The size of a finished item in bytes."""
    if "_bytes" not in item.__dict__:
        item.__dict__["_bytes"] = item.size()
    size: int = item.__dict__["_bytes"]
    return size


def same(one: Any, other: Any) -> bool:
    """Whether two attribute values, or maps of them, are equal in type and in value."""
    if isinstance(one, dict):
        return len(one) == len(other) and all(k in other and same(v, other[k]) for k, v in one.items())
    if one is other:
        return True
    if one.type != other.type:
        return False
    if one.is_map():
        return same(one.value, other.value)
    if one.is_list():
        return len(one.value) == len(other.value) and all(map(same, one.value, other.value))
    if one.is_number() or one.is_set():  # 1 is 1.0, and a set has no order
        return bool(one.cast_value == other.cast_value)
    return bool(one.value == other.value)


def key_of(backend: DynamoDBBackend, table: Table, attributes: dict[str, Any]) -> Key:
    """Raises moto's validation error when a part of the key is missing."""
    return backend.get_keys_value(table, attributes)


def find(table: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
    """The item, or None. Looking for an item leaves no trace (moto's own look-up leaves an empty partition)."""
    partition: Any = table.items.get(hash_key)
    if partition is not None and table.has_range_key:
        partition = None if range_key is None else partition.get(range_key)
    item: Item | None = partition  # without a range key it is the item itself
    return item


def place(table: Table, hash_key: DynamoType, range_key: DynamoType | None, item: Item | None) -> None:
    """Makes the item (None: no item) the one under this key."""
    before = find(table, hash_key, range_key)
    put(table, hash_key, range_key, item)
    follow(table, before, item)


def put(table: Table, hash_key: DynamoType, range_key: DynamoType | None, item: Item | None) -> None:
    """As place, but the indexes are not told: the item is not finished."""
    if not table.has_range_key:
        if item is None:
            table.items.pop(hash_key, None)
        else:
            table.items[hash_key] = item  # type: ignore[assignment]  # see find
    elif item is not None:
        table.items[hash_key][range_key] = item
    elif hash_key in table.items:
        table.items[hash_key].pop(range_key, None)
        if not table.items[hash_key]:
            del table.items[hash_key]


def new_item(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    self.hash_key, self.range_key, self.attrs = hash_key, range_key, Attributes()
    for name, value in attrs.items():
        self.attrs[name] = DynamoType(value)
    check_size(self)


def itself(self: Item, memo: dict[int, Any]) -> Item:
    return self


def mend() -> None:
    # moto weighs all attributes again at each one that is set: quadratic in the number of attributes.
    # A value needs no copies, and moto takes several in each read and write.
    instead(Item, __init__=new_item, __deepcopy__=itself)
