"""DynamoDB tables with their indexes, stream, expiry, recovery and encryption."""

from typing import Any

from botocore.exceptions import ClientError

from infra.local.clients import Clients
from infra.local.stacks.resources.kind import Attributes, Kind, Properties, Refused
from infra.local.stacks.resources.table_changes import changes

_AS_GIVEN = (
    "TableName",
    "BillingMode",
    "KeySchema",
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "DeletionProtectionEnabled",
)


def _ensure(clients: Clients, wanted: Properties) -> Attributes:
    name = wanted["TableName"]
    current = _described(clients, name)
    if current is None:
        clients.dynamodb.create_table(**_creation(wanted))
        _wait(clients, name)
    else:
        for change in changes(current, _creation(wanted)):
            _update(clients, name, change)
    _set_expiry(clients, name, wanted.get("TimeToLiveSpecification", {}))
    _set_recovery(clients, name, wanted.get("PointInTimeRecoverySpecification", {}))
    table = clients.dynamodb.describe_table(TableName=name)["Table"]
    stream = {"StreamArn": table["LatestStreamArn"]} if "LatestStreamArn" in table else {}
    return {"Ref": name, "Arn": table["TableArn"], **stream}


def _described(clients: Clients, name: str) -> Any:
    try:
        return clients.dynamodb.describe_table(TableName=name)["Table"]
    except clients.dynamodb.exceptions.ResourceNotFoundException:
        return None


def _creation(wanted: Properties) -> dict[str, Any]:
    """The arguments of CreateTable; expiry and recovery have calls of their own."""
    arguments = {name: wanted[name] for name in _AS_GIVEN if name in wanted}
    if stream := wanted.get("StreamSpecification"):
        arguments["StreamSpecification"] = {"StreamEnabled": True, **stream}
    if encryption := wanted.get("SSESpecification"):
        named = {name: value for name, value in encryption.items() if name != "SSEEnabled"}
        arguments["SSESpecification"] = {"Enabled": encryption["SSEEnabled"], **named}
    return arguments


def _update(clients: Clients, name: str, change: dict[str, Any]) -> None:
    try:
        clients.dynamodb.update_table(TableName=name, **change)
    except ClientError as error:
        # DynamoDB Local encrypts nothing, and finds that there is nothing to be changed.
        if not ("SSESpecification" in change and "Nothing to update" in str(error)):
            raise
    _wait(clients, name)


def _wait(clients: Clients, name: str) -> None:
    waiter = clients.dynamodb.get_waiter("table_exists")
    waiter.wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def _set_expiry(clients: Clients, name: str, wanted: dict[str, Any]) -> None:
    current = clients.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    on = current.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    want_on = wanted.get("Enabled", False)
    if on and want_on and current.get("AttributeName") != wanted.get("AttributeName"):
        raise Refused("the attribute of an enabled TimeToLiveSpecification can not be changed: disable it first")
    if on != want_on:
        attribute = wanted["AttributeName"] if want_on else current["AttributeName"]
        clients.dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": want_on, "AttributeName": attribute}
        )


def _set_recovery(clients: Clients, name: str, wanted: dict[str, Any]) -> None:
    try:
        backups = clients.dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    except ClientError as error:
        if _code(error) == "UnknownOperationException":
            return  # DynamoDB Local: there is nothing to be set, and nothing is recovered from a copy of it
        raise
    status = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    want_on = wanted.get("PointInTimeRecoveryEnabled", False)
    if (status == "ENABLED") != want_on:
        clients.dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": want_on}
        )


def _code(error: ClientError) -> str:
    return str(error.response["Error"].get("Code"))


_KEYS = [{"AttributeName": None, "KeyType": None}]

TABLE = Kind(
    shape={
        "TableName": None,
        "BillingMode": frozenset({"PAY_PER_REQUEST"}),
        "KeySchema": _KEYS,
        "AttributeDefinitions": [{"AttributeName": None, "AttributeType": None}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": None,
                "KeySchema": _KEYS,
                "Projection": {"ProjectionType": None, "NonKeyAttributes": [None]},
            }
        ],
        "DeletionProtectionEnabled": None,
        "StreamSpecification": {"StreamViewType": None},
        "TimeToLiveSpecification": {"AttributeName": None, "Enabled": None},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": None},
        "SSESpecification": {"SSEEnabled": None, "SSEType": frozenset({"KMS"}), "KMSMasterKeyId": None},
    },
    required=("TableName", "BillingMode", "KeySchema", "AttributeDefinitions"),
    attributes=("Arn", "StreamArn"),
    ensure=_ensure,
)
