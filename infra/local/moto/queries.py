"""Queries that cost what they find: moto sorts the whole table for each of them."""

import copy
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models import Table
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import SecondaryIndex

from infra.local.moto.indexes import Bucket, buckets
from infra.local.moto.patching import around


def query(original: Callable[..., Any], self: Table, hash_key: DynamoType | None, *args: Any, **kwargs: Any) -> Any:
    """The same query, on a table that has no items but those under the hash key."""
    narrow = copy.copy(self)
    conditions: list[tuple[str, DynamoType]] = kwargs.get("hash_key_conditions") or []
    index = next((i for i in self.all_indexes() if i.name == kwargs.get("index_name")), None)
    if index is not None and [name for name, _ in conditions] == hash_names(index):
        values = tuple(value for _, value in conditions)
        narrow.items = filed(self, buckets(self, tuple(hash_names(index))).get(values, {}))
    elif index is None and hash_key is not None:
        narrow.items = {hash_key: self.items[hash_key]} if hash_key in self.items else {}
    return original(narrow, hash_key, *args, **kwargs)


def hash_names(index: SecondaryIndex) -> list[str]:
    return [key["AttributeName"] for key in index.schema if key["KeyType"] == "HASH"]


def filed(table: Table, bucket: Bucket) -> Any:
    """The items of a bucket as a table keeps its items."""
    if not table.has_range_key:
        return {hash_key: item for (hash_key, _), item in bucket.items()}
    partitions: dict[DynamoType, dict[DynamoType | None, Item]] = defaultdict(dict)
    for (hash_key, range_key), item in bucket.items():
        partitions[hash_key][range_key] = item
    return partitions


def mend() -> None:
    around(Table, "query", query)
