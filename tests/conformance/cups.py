"""What is written, as the chassis sends it, and what comes of it: an aggregate of no business at all."""

from typing import Any

from msgspec import Struct

from chassis import items
from chassis.writes import Save, Write
from tests.conformance.clouds import INDEX, TABLE, Small


class Cup(Struct, frozen=True):
    version: int
    level: int = 0


def sent(write: Write) -> dict[str, Any]:
    """The write as chassis.table sends it."""
    common = {"TableName": TABLE, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {verb: common | request for verb, request in write.request().items()}


def make(small: Small, *writes: Write) -> Any:
    """What comes of the writes: one alone, or several in a transaction."""
    if len(writes) > 1:
        return small.outcome("transact_write_items", TransactItems=[sent(each) for each in writes])
    [(verb, request)] = sent(writes[0]).items()
    return small.outcome({"Put": "put_item", "Update": "update_item"}[verb], **request)


def get(small: Small, key: str) -> Any:
    found = small.outcome("get_item", TableName=TABLE, Key={"pk": {"S": key}}, ConsistentRead=True)
    return items.read_item(found["Item"]) if found else None


def save(key: str, version: int = 1, level: int = 0, **index: str) -> Save:
    return Save(key, Cup(version, level), index=index)


def page(small: Small, bound: str | None = None, **asked: Any) -> tuple[list[str], Any]:
    limit = {":range": {"S": bound}} if bound else {}
    got = small.outcome(
        "query",
        **{"TableName": TABLE, "IndexName": INDEX, "Limit": 2}
        | asked
        | {
            "KeyConditionExpression": "#hash = :hash" + (" AND #range <= :range" if bound else ""),
            "ExpressionAttributeNames": {"#hash": "shelf"} | ({"#range": "place"} if bound else {}),
            "ExpressionAttributeValues": {":hash": {"S": "top"}} | limit,
        },
    )
    return [item["pk"]["S"] for item in got.get("Items", ())], got.get("LastEvaluatedKey")
