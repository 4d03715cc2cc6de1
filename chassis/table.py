"""One DynamoDB table: reads by key and by index, and writes that happen all together or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError
from msgspec import Struct

from chassis import aws, clock, items, settings
from chassis.refusals import Unavailable
from chassis.writes import Request, Save, Write

ATTEMPTS = 6  # of a write that met another transaction, or a read that was cut, each after a longer random pause
PAUSE = 0.05  # seconds; doubled each time
BATCH = 100  # keys in one BatchGetItem (the limit of DynamoDB)
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_CALLS = {"Put": "put_item", "Update": "update_item"}

Plain = dict[str, Any]


class NotWritten(Exception):
    """Nothing was written: `failed` has the places of the writes whose condition did not hold, and what was there."""

    def __init__(self, failed: Mapping[int, Plain | None]) -> None:
        super().__init__(f"conditions that did not hold: {sorted(failed)}")
        self.failed = failed


class Index(Struct, frozen=True):
    """A global index that projects keys only: a line's attributes are bought with a read, never with a second write."""

    name: str
    hash: str
    range: str


class Page(Struct, frozen=True):
    """The keys that an index has next, and the place after which it goes on (None at the end)."""

    keys: tuple[str, ...]
    after: dict[str, str] | None


class Table:
    """A table with the hash key `pk`, whose name stands in an environment variable."""

    def __init__(self, setting: str) -> None:
        self._setting = setting

    @property
    def name(self) -> str:
        return settings.text(self._setting)

    def get(self, key: str) -> Plain | None:
        """The item as it is now (a strongly consistent read)."""
        got = aws.client("dynamodb").get_item(TableName=self.name, Key=_key(key), ConsistentRead=True)
        return items.read_item(got["Item"]) if "Item" in got else None

    def get_many(self, keys: Iterable[str]) -> dict[str, Plain]:
        """The items that exist, by key, as they are now; one call per hundred, and more where keys are left over."""
        wanted, found, refused = list(dict.fromkeys(keys)), dict[str, Plain](), 0
        while wanted:
            batch, wanted = wanted[:BATCH], wanted[BATCH:]
            request = {self.name: {"Keys": [_key(key) for key in batch], "ConsistentRead": True}}
            got = aws.client("dynamodb").batch_get_item(RequestItems=request)
            found |= {each["pk"]["S"]: items.read_item(each) for each in got["Responses"].get(self.name, ())}
            if left := got.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys"):
                wanted += [key["pk"]["S"] for key in left]
                refused += 1
                if refused == ATTEMPTS:
                    raise Unavailable("Too many others read just now.")
                clock.pause(PAUSE * 2 ** (refused - 1))
        return found

    def page(
        self,
        index: Index,
        value: str,
        limit: int,
        *,
        up_to: str | None = None,
        after: Mapping[str, str] | None = None,
        backward: bool = False,
    ) -> Page:
        """The next keys under `value`, at most `limit`, whose range is not beyond `up_to`."""
        bound = {"#range": index.range} if up_to is not None else {}
        got = aws.client("dynamodb").query(
            TableName=self.name,
            IndexName=index.name,
            KeyConditionExpression="#hash = :hash" + (" AND #range <= :range" if bound else ""),
            ExpressionAttributeNames={"#hash": index.hash} | bound,
            ExpressionAttributeValues=items.write_item({":hash": value} | ({":range": up_to} if bound else {})),
            Limit=limit + 1,  # one more tells whether there is more, without an empty page at the end
            ScanIndexForward=not backward,
            **({"ExclusiveStartKey": items.write_item(after)} if after else {}),
        )
        found = [items.read_item(each) for each in got["Items"]]
        shown = found[:limit]
        more = len(found) > limit or "LastEvaluatedKey" in got
        return Page(tuple(each["pk"] for each in shown), _place(index, shown[-1]) if more and shown else None)

    def write(self, *writes: Write) -> None:
        """Makes the writes, all or none; raises NotWritten where a condition does not hold."""
        requests = [write.request() for write in writes]
        for attempt in range(ATTEMPTS):
            if attempt:
                clock.pause(PAUSE * 2 ** (attempt - 1))
            try:
                return self._send(requests)
            except ClientError as error:
                failed = _failed(error)
                if failed and _is_ours(writes, failed):
                    return None
                if failed:
                    raise NotWritten(failed) from error
                if not _may_pass(error):
                    raise
        raise Unavailable("Too many others change the same just now.")

    def _send(self, requests: Sequence[Request]) -> None:
        common = {"TableName": self.name, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        named = [{verb: common | request for verb, request in each.items()} for each in requests]
        if len(named) > 1:
            aws.client("dynamodb").transact_write_items(TransactItems=named)
        else:
            [(verb, request)] = named[0].items()
            getattr(aws.client("dynamodb"), _CALLS[verb])(**request)


def _key(key: str) -> items.Item:
    return {"pk": {"S": key}}


def _place(index: Index, keys: Plain) -> dict[str, str]:
    return {name: keys[name] for name in ("pk", index.hash, index.range)}


def _failed(error: ClientError) -> dict[int, Plain | None]:
    """The positions of the conditions that did not hold, with the item found there."""
    response: dict[str, Any] = error.response  # type: ignore[assignment]  # its type knows no operation's own fields
    if response["Error"]["Code"] == "ConditionalCheckFailedException":
        return {0: items.read_item(response["Item"]) if response.get("Item") else None}
    return {
        position: items.read_item(reason["Item"]) if reason.get("Item") else None
        for position, reason in enumerate(response.get("CancellationReasons", ()))
        if reason.get("Code") == "ConditionalCheckFailed"
    }


def _is_ours(writes: Sequence[Write], failed: Mapping[int, Plain | None]) -> bool:
    """Whether what stands there is this very write, done by an attempt whose answer was lost on the way.

    Only for a single write: a repeated transaction carries a token by which DynamoDB knows it.
    """
    [first, *others] = writes
    return not others and isinstance(first, Save) and failed[0] == items.read_item(items.write_item(first.item()))


def _may_pass(error: ClientError) -> bool:
    """Whether the write only met another one on the same items, or too many others, and may simply be tried again."""
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
    return bool(reasons & _PASSING) or error.response["Error"]["Code"] == "TransactionConflictException"
