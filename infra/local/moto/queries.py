"""Queries that cost what they find: moto sorts the whole table for each of them."""

import copy
import inspect
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import SecondaryIndex, Table

from infra.local.moto.indexes import Bucket, buckets
from infra.local.moto.patching import around

SIGNATURE = inspect.signature(Table.query)


def query(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The same query, on a table that has no items but those under the hash key."""
    asked = SIGNATURE.bind(*args, **kwargs).arguments
    table: Table = asked["self"]
    narrow = copy.copy(table)
    conditions: list[tuple[str, DynamoType]] = asked.get("hash_key_conditions") or []
    hash_key: DynamoType | None = asked["hash_key"]
    if (index_name := asked.get("index_name")) is not None:
        index = next((index for index in table.all_indexes() if index.name == index_name), None)
        if index is not None and [name for name, _ in conditions] == hash_names(index):
            values = tuple(value for _, value in conditions)
            narrow.items = filed(table, buckets(table, tuple(hash_names(index))).get(values, {}))
    elif hash_key is not None:
        partition = {hash_key: table.items[hash_key]} if hash_key in table.items else {}
        narrow.items = partition  # type: ignore[assignment]  # only ever read
    more = asked.pop("filter_kwargs", {})
    return original(**(asked | more | {"self": narrow}))


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
