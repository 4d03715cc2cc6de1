"""TransactWriteItems by an undo log of the items it touches: all or nothing, at a cost that ignores the table's size.

moto takes a deep copy of the table for each operation, and puts the copy in the place of the table when it cancels:
the stream of the copy is another one, and iterators on the first see nothing any more.
"""

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from moto.core.responses import ActionResult
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from infra.local.moto import items
from infra.local.moto.errors import invalid, refusal
from infra.local.moto.indexes import Key
from infra.local.moto.patching import around, instead

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
MAX_BYTES = 4 * 1024 * 1024
TOKEN_SECONDS = 600


class Undo(NamedTuple):
    """What makes one touched item what it was."""

    table: Table
    key: Key
    before: Item | None


def transact_write_items(
    original: Callable[..., None], self: DynamoDBBackend, transact_items: list[dict[str, Any]]
) -> None:
    undo = [entry for operation in transact_items if (entry := touched(self, operation))]
    shards: list[Any] = [table.stream_shard for table, _, _ in undo if table.stream_shard is not None]
    positions = {shard: shard.following for shard in shards}
    try:
        original(self, transact_items)
    except BaseException:
        for table, key, before in undo:
            items.place(table, *key, before)
        for shard, position in positions.items():
            shard.take_back(position)
        raise


def touched(backend: DynamoDBBackend, operation: dict[str, Any]) -> Undo | None:
    """None for an operation that moto is going to refuse before it touches anything."""
    details: dict[str, Any] = next(iter(operation.values()), {})
    table = backend.tables.get(details.get("TableName", ""))
    attributes = details.get("Key") or details.get("Item") or {}
    if table is None or not set(table.table_key_attrs) <= set(attributes):
        return None
    key = items.key_of(backend, table, attributes)
    return Undo(table, key, items.find(table, *key))


class Done(NamedTuple):
    """A transaction that has succeeded under a ClientRequestToken."""

    digest: bytes
    at: float


def answer(original: Callable[..., ActionResult], self: DynamoHandler) -> ActionResult:
    """A token makes its transaction happen once in ten minutes; botocore sends one with each call and its retries."""
    request = json.dumps(self.body["TransactItems"], default=repr, sort_keys=True)
    if len(request) > MAX_BYTES:
        raise invalid("The transaction is larger than 4 MB")
    token, digest = self.body.get("ClientRequestToken"), hashlib.sha256(request.encode()).digest()
    done = recent(self.dynamodb_backend)
    if token in done and done[token].digest != digest:
        raise refusal("IdempotentParameterMismatchException", "The token was used for another transaction")
    if token in done:
        return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
    result = original(self)
    if token:
        done[token] = Done(digest, time.monotonic())
    return result


def recent(backend: DynamoDBBackend) -> OrderedDict[str, Done]:
    """The tokens of the last ten minutes, the oldest first. A reset of the backend forgets them too."""
    done: OrderedDict[str, Done] = backend.__dict__.setdefault("_transactions_done", OrderedDict())
    while done and next(iter(done.values())).at < time.monotonic() - TOKEN_SECONDS:
        done.popitem(last=False)
    return done


def mend() -> None:
    # The copies that moto takes in this module, of whole tables and of items, are what the undo log replaces.
    instead(models, copy=SimpleNamespace(deepcopy=lambda value: value))
    around(DynamoDBBackend, "transact_write_items", transact_write_items)
    around(DynamoHandler, "transact_write_items", answer)
