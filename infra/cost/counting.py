"""What AWS bills for one call of its APIs. Pure: whoever watched the call brings what was there before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.cost.units import Index, Item, pieces, queried, read, written

Units = dict[str, float]  # for example {"calls": 1, "write_units": 3}
Key = tuple[str, str]  # a table, and a `pk` in it
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


@dataclass(frozen=True)
class Call:
    """A call that was made; `before` and `after` are the items that it writes, in the order of `touched`."""

    service: str
    operation: str
    request: Mapping[str, Any]
    answer: Mapping[str, Any]
    indexes: Mapping[str, Sequence[Index]]  # of each table
    before: Sequence[Item | None] = ()
    after: Sequence[Item | None] = ()


def touched(service: str, operation: str, request: Mapping[str, Any]) -> list[Key]:
    """The items that a call writes."""
    if service != "dynamodb" or operation not in _WRITES:
        return []
    single = [request] if operation != "TransactWriteItems" else []
    requests = single or [each for item in request["TransactItems"] for each in item.values()]
    return [(each["TableName"], (each.get("Item") or each["Key"])["pk"]["S"]) for each in requests]


def billed(call: Call) -> Units:
    """The units of a call by name; `calls` is how often its caller waits for an answer."""
    return {"calls": 1, **_of_service(call)}


def _of_service(call: Call) -> Units:
    match call.service, call.operation:
        case "dynamodb", operation if operation in _WRITES:
            return {"write_units": _written(call)}
        case "dynamodb", "GetItem":
            found = [call.answer.get("Item")]
            return {"read_units": read(found, strongly=call.request.get("ConsistentRead", False))}
        case "dynamodb", "BatchGetItem":
            return {"read_units": sum(_batch(call, table) for table in call.request["RequestItems"])}
        case "dynamodb", "Query":
            items = call.answer["Items"]
            return {"read_units": queried(items, strongly=call.request.get("ConsistentRead", False))}
        case "sns", "PublishBatch":  # billed as one request, by its bytes
            return {"publishes": pieces(sum(map(_length, call.request["PublishBatchRequestEntries"])))}
        case "sqs", "SendMessage":
            return {"sqs_requests": pieces(len(call.request["MessageBody"].encode()))}
        case "cognito-idp", _:  # billed by the people of a month, not by calls
            return {}
    raise ValueError(f"what {call.service}:{call.operation} costs is not known: add it to infra/cost/counting.py")


def _written(call: Call) -> int:
    tables = [table for table, _ in touched(call.service, call.operation, call.request)]
    changes = zip(tables, call.before, call.after, strict=True)
    return sum(
        written(before, after, call.indexes.get(table, ()), in_a_transaction=call.operation == "TransactWriteItems")
        for table, before, after in changes
    )


def _batch(call: Call, table: str) -> float:
    """What was not found is billed like what was."""
    asked = call.request["RequestItems"][table]
    found = call.answer["Responses"].get(table, [])
    missing = [None] * (len(asked["Keys"]) - len(found))
    return read([*found, *missing], strongly=asked.get("ConsistentRead", False))


def _length(entry: Mapping[str, Any]) -> int:
    attributes = entry.get("MessageAttributes", {}).items()
    return len(entry["Message"].encode()) + sum(
        len(f"{name}{each['DataType']}{each['StringValue']}".encode()) for name, each in attributes
    )
