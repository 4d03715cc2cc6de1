"""What has to change for a table to become what a template wants, as the arguments of UpdateTable."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.stacks.resources.kind import Refused


def changes(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry a call, since DynamoDB takes one new index, or one stream setting, at a time.

    `current` as DescribeTable tells it, `wanted` as CreateTable takes it. Raises Refused where a new table is
    needed.
    """
    _refuse_other_keys(current, wanted)
    return [*_settings(current, wanted), *_stream(current, wanted), *_indexes(current, wanted)]


def _refuse_other_keys(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    if _keys(current) != _keys(wanted):
        raise Refused("the KeySchema of a table can not be changed")
    types, wanted_types = _types(current), _types(wanted)
    for name in types.keys() & wanted_types.keys():
        if types[name] != wanted_types[name]:
            raise Refused(f"the AttributeType of {name} can not be changed")


def _settings(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    protected = wanted.get("DeletionProtectionEnabled", False)
    if current.get("DeletionProtectionEnabled", False) != protected:
        yield {"DeletionProtectionEnabled": protected}
    if not _is_encrypted(current.get("SSEDescription", {}), wanted.get("SSESpecification", {"Enabled": False})):
        yield {"SSESpecification": wanted.get("SSESpecification", {"Enabled": False})}


def _is_encrypted(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether it is so already. Where no key is named any will do, since a table does not tell whose its key is."""
    key = wanted.get("KMSMasterKeyId", current.get("KMSMasterKeyArn"))
    return (current.get("Status") == "ENABLED", current.get("KMSMasterKeyArn")) == (wanted["Enabled"], key)


def _stream(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    has, wants = current.get("StreamSpecification", {}), wanted.get("StreamSpecification", {})
    if not has.get("StreamEnabled") and wants:
        yield {"StreamSpecification": wants}
    elif has.get("StreamEnabled") and not wants:
        yield {"StreamSpecification": {"StreamEnabled": False}}
    elif has.get("StreamViewType") != wants.get("StreamViewType"):
        raise Refused("the StreamViewType of a stream can not be changed: take the stream away first")


def _indexes(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    has, wants = _by_name(current), _by_name(wanted)
    for name in has.keys() & wants.keys():
        if _index(has[name]) != _index(wants[name]):
            raise Refused(f"the index {name} can not be changed: give the new one another name")
    for name in sorted(has.keys() - wants.keys()):
        yield {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}
    for name in sorted(wants.keys() - has.keys()):
        yield {
            "AttributeDefinitions": wanted["AttributeDefinitions"],
            "GlobalSecondaryIndexUpdates": [{"Create": wants[name]}],
        }


def _by_name(table: Mapping[str, Any]) -> dict[str, Any]:
    return {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}


def _index(index: Mapping[str, Any]) -> tuple[Any, ...]:
    projection = index["Projection"]
    return _keys(index), projection["ProjectionType"], sorted(projection.get("NonKeyAttributes", []))


def _keys(keyed: Mapping[str, Any]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in keyed["KeySchema"]}


def _types(table: Mapping[str, Any]) -> dict[str, str]:
    return {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
