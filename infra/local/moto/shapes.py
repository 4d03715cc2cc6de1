"""Requests read and answers written by functions that are built once from AWS's models.

moto interprets the model anew for every member of every value, and asks for each under up to a dozen names.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.parse import default_timestamp_parser
from moto.dynamodb.models.dynamo_type import DynamoType

from infra.local.moto.streams import WireRecord, base64_text, wire

Convert = Callable[[Any], Any]


def reader(shape: Any, seen: dict[str, Convert] | None = None) -> Convert:
    """JSON as it comes in -> what moto's parser makes of it: members of the model, without nulls, blobs as bytes."""
    return build(shape, SCALARS_IN, {} if seen is None else seen, structure_in)


def writer(shape: Any, seen: dict[str, Convert] | None = None) -> Convert:
    """What a moto handler returns -> what goes out as JSON."""
    return build(shape, SCALARS_OUT, {} if seen is None else seen, structure_out)


def build(shape: Any, scalars: dict[str, Convert], seen: dict[str, Convert], structure: Any) -> Convert:
    if shape is None:
        return lambda value: {}
    if scalars is SCALARS_OUT and shape.name == "AttributeValue":
        return attribute_value
    if shape.name not in seen:
        seen[shape.name] = lambda value: seen[shape.name](value)  # for shapes that contain themselves
        seen[shape.name] = build_new(shape, scalars, seen, structure)
    return seen[shape.name]


def build_new(shape: Any, scalars: dict[str, Convert], seen: dict[str, Convert], structure: Any) -> Convert:
    def inner(member: Any) -> Convert:
        return build(member, scalars, seen, structure)

    if shape.type_name == "structure":
        if shape.is_document_type:
            return as_is
        members = {
            name: (member.serialization.get("name", name), inner(member)) for name, member in shape.members.items()
        }
        convert: Convert = structure(members)
        return convert
    if shape.type_name == "list":
        member = inner(shape.member)
        return lambda values: [member(value) for value in values]
    if shape.type_name == "map":
        member = inner(shape.value)
        return lambda values: {key: member(value) for key, value in values.items()}
    return scalars.get(shape.type_name, as_is)


def structure_in(members: dict[str, tuple[str, Convert]]) -> Convert:
    by_json_name = {json_name: (name, convert) for name, (json_name, convert) in members.items()}

    def read(value: Any) -> Any:
        if value is None:
            return None
        return {
            by_json_name[json_name][0]: by_json_name[json_name][1](member)
            for json_name, member in value.items()
            if member is not None and json_name in by_json_name
        }

    return read


def structure_out(members: dict[str, tuple[str, Convert]]) -> Convert:
    def write(value: Any) -> Any:
        if type(value) is WireRecord or value is None:
            return value
        return {
            members[name][0]: members[name][1](member)
            for name, member in value.items()
            if member is not None and name in members
        }

    return write


def attribute_value(value: Any) -> Any:
    """One of moto's typed values, or a dictionary of type and content, with typed values or dictionaries inside."""
    if type(value) is DynamoType:
        return wire(value)
    (kind, content), *_ = value.items()
    if kind == "M":
        return {kind: {name: attribute_value(member) for name, member in content.items()}}
    if kind == "L":
        return {kind: [attribute_value(member) for member in content]}
    if kind == "B":
        return {kind: base64_text(content)}
    if kind == "BS":
        return {kind: [base64_text(member) for member in content]}
    return {kind: content}


def as_is(value: Any) -> Any:
    return value


def epoch(value: Any) -> Any:
    """Seconds, to the millisecond."""
    if not isinstance(value, datetime):
        return value
    moment = value.replace(tzinfo=value.tzinfo or UTC)
    return int(moment.timestamp() * 1000) / 1000 if moment.microsecond else int(moment.timestamp())


SCALARS_IN: dict[str, Convert] = {
    "blob": base64.b64decode,
    "timestamp": default_timestamp_parser,
    **dict.fromkeys(("integer", "long"), int),
    **dict.fromkeys(("float", "double"), float),
}
SCALARS_OUT: dict[str, Convert] = {
    "blob": base64_text,
    "timestamp": epoch,
    "string": str,
    **dict.fromkeys(("integer", "long"), int),
    **dict.fromkeys(("float", "double"), float),
}
