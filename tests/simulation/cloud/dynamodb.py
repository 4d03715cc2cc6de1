"""DynamoDB in memory, as far as the capabilities use it: reads by key and index, and writes all together or not at all.

What it does not know it refuses. Items are kept as they were sent and never changed in place.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulation.cloud.errors import cancelled, condition_failed, invalid
from tests.simulation.cloud.expressions import holds, updated
from tests.simulation.cloud.keys import refuse_bad_keys
from tests.simulation.cloud.sizes import hold_item, hold_transaction
from tests.simulation.cloud.streams import Stream

Item = dict[str, Any]
FEW = 10  # items, which can not come to more than a transaction may be
MOST = 100  # writes of a transaction, keys of a batch
SCANNED = 50  # items of a page; in AWS as many as 1 MB holds


@dataclass(frozen=True)
class Change:
    """One item that a write changed; `after` is None for one that was taken away."""

    table: str
    key: str
    before: Item | None
    after: Item | None


@dataclass
class Held:
    """A table: its items by key, its indexes (name -> hash and range attribute), its stream, and its last changes."""

    indexes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    stream: Stream = field(default_factory=Stream)
    last: "deque[Change]" = field(default_factory=lambda: deque(maxlen=20))
    made: float = 0.0

    def as_of(self, changes: int) -> Mapping[str, Item]:
        """The items as they were so many changes ago."""
        if not changes:
            return self.items
        then = dict(self.items)
        for change in list(self.last)[::-1][:changes]:
            then.pop(change.key, None)
            if change.before is not None:
                then[change.key] = change.before
        return then


class DynamoDB:
    """A client for tables with the hash key `pk`; `written` is told of all changes of each write that happened."""

    def __init__(
        self, now: Callable[[], float] = lambda: 0.0, began: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    ) -> None:
        self.tables: dict[str, Held] = {}
        self.written: Callable[[list[Change]], None] = lambda changes: None
        self._now, self._began = now, began

    def add(self, name: str, indexes: Mapping[str, tuple[str, str]] | None = None) -> Held:
        self.tables[name] = Held(indexes or {})
        return self.tables[name]

    def get_item(self, TableName: str, Key: Item, ConsistentRead: bool = False, behind: int = 0) -> dict[str, Any]:
        found = self.tables[TableName].as_of(behind).get(Key["pk"]["S"])
        return {"Item": found} if found else {}

    def batch_get_item(self, RequestItems: Mapping[str, Mapping[str, Any]], behind: int = 0) -> dict[str, Any]:
        answers: dict[str, list[Item]] = {}
        for table, asked in RequestItems.items():
            keys = [key["pk"]["S"] for key in asked["Keys"]]
            if len(keys) > MOST:
                raise invalid("BatchGetItem", "Too many items requested for the BatchGetItem call")
            if len(set(keys)) < len(keys):
                raise invalid("BatchGetItem", "Provided list of item keys contains duplicates")
            items = self.tables[table].as_of(behind)
            answers[table] = [items[key] for key in keys if key in items]
        return {"Responses": answers, "UnprocessedKeys": {}}

    def query(
        self,
        TableName: str,
        IndexName: str,
        KeyConditionExpression: str,
        ExpressionAttributeNames: Mapping[str, str],
        ExpressionAttributeValues: Item,
        Limit: int,
        ScanIndexForward: bool = True,
        ExclusiveStartKey: Item | None = None,
        behind: int = 0,
    ) -> dict[str, Any]:
        """A page of an index that projects keys only, and may be `behind` its table by some changes."""
        table = self.tables[TableName]
        hash, range = table.indexes[IndexName]
        held = [
            {name: item[name] for name in ("pk", hash, range)}
            for item in table.as_of(behind).values()
            if hash in item
            and range in item
            and holds(KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues, item)
        ]
        place = _placed_by(range)
        held.sort(key=place, reverse=not ScanIndexForward)
        if ExclusiveStartKey:
            last = place(ExclusiveStartKey)
            held = [each for each in held if (place(each) > last if ScanIndexForward else place(each) < last)]
        page = held[:Limit]
        # AWS gives the place after a full page, whether or not there is more; moto only where there is.
        return {"Items": page, "Count": len(page)} | ({"LastEvaluatedKey": page[-1]} if len(held) >= Limit else {})

    def scan(
        self,
        TableName: str,
        FilterExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        ExpressionAttributeValues: Item | None = None,
        Limit: int = SCANNED,
        ExclusiveStartKey: Item | None = None,
    ) -> dict[str, Any]:
        """A page of the whole table; the filter is for what was read, so that a page may be empty and not the last."""
        items = self.tables[TableName].items
        begun = ExclusiveStartKey["pk"]["S"] if ExclusiveStartKey else ""
        keys = sorted(key for key in items if key > begun)
        names, values = ExpressionAttributeNames or {}, ExpressionAttributeValues or {}
        page = [items[key] for key in keys[:Limit]]
        found = [item for item in page if holds(FilterExpression, names, values, item)]
        more = {"LastEvaluatedKey": {"pk": {"S": keys[Limit - 1]}}} if len(keys) > Limit else {}
        return {"Items": found, "Count": len(found), "ScannedCount": len(page)} | more

    def describe_table(self, TableName: str) -> dict[str, Any]:
        made = self._began + timedelta(seconds=self.tables[TableName].made)
        return {"Table": {"TableName": TableName, "CreationDateTime": made}}

    def delete_item(self, **write: Any) -> dict[str, Any]:
        return self._one("DeleteItem", {"Delete": write})

    def put_item(self, **write: Any) -> dict[str, Any]:
        return self._one("PutItem", {"Put": write})

    def update_item(self, **write: Any) -> dict[str, Any]:
        return self._one("UpdateItem", {"Update": write})

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        if len(TransactItems) > MOST:
            raise invalid("TransactWriteItems", "Member must have length less than or equal to 100")
        places = [_place(each) for each in TransactItems]
        if len(set(places)) < len(places):
            raise invalid("TransactWriteItems", "Transaction request cannot include multiple operations on one item")
        reasons = [self._reason(each) for each in TransactItems]
        if any(reason["Code"] != "None" for reason in reasons):
            raise cancelled(reasons)
        changes = [self._change(each) for each in TransactItems]
        if len(changes) > FEW:
            hold_transaction([change.after or {} for change in changes])
        for change in changes:
            hold_item("TransactWriteItems", change.after or {})
        self._make(changes)
        return {}

    def _one(self, operation: str, write: dict[str, Any]) -> dict[str, Any]:
        reason = self._reason(write)
        if reason["Code"] != "None":
            raise condition_failed(operation, reason.get("Item"))
        change = self._change(write)
        hold_item(operation, change.after or {})
        self._make([change])
        return {}

    def _reason(self, write: dict[str, Any]) -> dict[str, Any]:
        """Why the write can not be made; `None`, as AWS says it, where it can."""
        [request] = write.values()
        table, key = _place(write)
        found = self.tables[table].items.get(key)
        names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
        if holds(request.get("ConditionExpression"), names, values, found):
            return {"Code": "None"}
        wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        shown = {"Item": found} if found and wanted else {}
        return {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"} | shown

    def _change(self, write: dict[str, Any]) -> Change:
        [(verb, request)] = write.items()
        table, key = _place(write)
        before = self.tables[table].items.get(key)
        if verb == "Put":
            refuse_bad_keys("PutItem", request["Item"], self._indexed(table))
            return Change(table, key, before, request["Item"])
        if verb == "Delete":
            return Change(table, key, before, None)
        names, values = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
        after = updated(request["UpdateExpression"], names, values, before or dict(request["Key"]))
        return Change(table, key, before, after)

    def _indexed(self, table: str) -> Iterable[str]:
        return (name for index in self.tables[table].indexes.values() for name in index)

    def _make(self, changes: Iterable[Change]) -> None:
        made = list(changes)
        for change in made:
            if change.after is None:
                self.tables[change.table].items.pop(change.key, None)
            else:
                self.tables[change.table].items[change.key] = change.after
            self.tables[change.table].last.append(change)
            if change.after != change.before:  # a write that changes nothing is no news to a stream
                self.tables[change.table].stream.append(change.key, change.before, change.after, self._now())
        self.written(made)


def _place(write: dict[str, Any]) -> tuple[str, str]:
    [(verb, request)] = write.items()
    return request["TableName"], (request["Item"] if verb == "Put" else request["Key"])["pk"]["S"]


def _placed_by(range: str) -> Callable[[Item], tuple[bytes, str]]:
    return lambda item: (item[range]["S"].encode(), item["pk"]["S"])
