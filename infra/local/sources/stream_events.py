"""The event that Lambda makes of a batch of DynamoDB stream records."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

Record = dict[str, Any]


def to_record(record: dict[str, Any], stream_arn: str) -> Record:
    """Takes a record as GetRecords gives it. Times become epoch seconds, bytes base64; the shape is that of
    https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
    """
    shaped = {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": stream_arn.split(":")[3],
        "dynamodb": _plain(record["dynamodb"]),
        "eventSourceARN": stream_arn,
    }
    if identity := record.get("userIdentity"):  # who deleted: DynamoDB itself, when an item's time was over
        shaped["userIdentity"] = {"principalId": identity["PrincipalId"], "type": identity["Type"]}
    return shaped


def to_event(records: Sequence[Record]) -> dict[str, Any]:
    return {"Records": list(records)}


def sequence_number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def created_at(record: Record) -> int:
    """Epoch seconds."""
    return int(record["dynamodb"]["ApproximateCreationDateTime"])


def size(record: Record) -> int:
    """Bytes, as the stream counts them."""
    return int(record["dynamodb"].get("SizeBytes", 0))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return int(value.timestamp()) if isinstance(value, datetime) else value
