"""Takes away what has expired: DynamoDB Local does so itself, but in no table that has an index.

The stream tells it as anybody's deletion, where DynamoDB would name itself.
"""

import logging
import time
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.clients import Clients

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_log = logging.getLogger(__name__)
SWEEP_SECONDS = 300  # each time all is read; DynamoDB takes hours for it, and nothing waits for it
# AWS leaves alone what expired more than five years ago: it takes it for a mistake.
OLDEST_SECONDS = 5 * 365 * 24 * 3600


def keep_sweeping(endpoint: str, end: Event) -> None:
    dynamodb = Clients(endpoint).dynamodb
    while not end.wait(SWEEP_SECONDS):
        try:
            sweep(dynamodb, time.time())
        except (BotoCoreError, ClientError) as error:
            _log.warning("what has expired was not taken away this time: %s", error)


def sweep(dynamodb: "DynamoDBClient", now: float) -> None:
    """Removes what has expired before `now`, in seconds since the epoch, from every table with time to live."""
    for page in dynamodb.get_paginator("list_tables").paginate():
        for table in page["TableNames"]:
            told = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
            if told["TimeToLiveStatus"] == "ENABLED":
                _sweep_table(dynamodb, table, _expired(told["AttributeName"], now))


def _sweep_table(dynamodb: "DynamoDBClient", table: str, expired: dict[str, Any]) -> None:
    for key in _keys(dynamodb, table, expired):
        try:
            dynamodb.delete_item(TableName=table, Key=key, **_as_condition(expired))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":  # it was given more time since
                raise


def _keys(dynamodb: "DynamoDBClient", table: str, expired: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names = [each["AttributeName"] for each in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, **expired):
        for item in page["Items"]:
            yield {name: item[name] for name in names}


def _expired(attribute: str, now: float) -> dict[str, Any]:
    limits = {":now": {"N": str(int(now))}, ":oldest": {"N": str(int(now) - OLDEST_SECONDS)}}
    return {
        "FilterExpression": "#at < :now AND #at > :oldest",
        "ExpressionAttributeNames": {"#at": attribute},
        "ExpressionAttributeValues": limits,
    }


def _as_condition(expired: dict[str, Any]) -> dict[str, Any]:
    return {"ConditionExpression" if name == "FilterExpression" else name: said for name, said in expired.items()}
