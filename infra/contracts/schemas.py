"""JSON Schema (2020-12) from msgspec types, with what msgspec leaves unsaid: which texts are times."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import msgspec.inspect as types

Schema = dict[str, Any]


class NameIsTaken(ValueError):
    """Two types of one document have the same name, and would take each other's place in it."""


def components(wanted: Iterable[Any], refers: str) -> tuple[list[Schema], dict[str, Schema]]:
    """A schema for each type, and those of the types that they are made of, by name; `refers` is how one is named."""
    infos = types.multi_type_info(list(wanted))
    schemas, found = msgspec.json.schema_components(list(wanted), ref_template=refers)
    if doubled := sorted(name for name in found if "." in name):
        raise NameIsTaken(f"types of the same name in one document: {', '.join(doubled)}")
    for info, schema in zip(infos, schemas, strict=True):
        _complete(info, schema)
    for struct in _structs(infos):
        component = found[_name(struct)]
        component["description"] = inspect.getdoc(struct.cls) or ""
        for field in struct.fields:
            _complete(field.type, component["properties"][field.encode_name])
    return list(schemas), found


def _complete(info: types.Type, schema: Schema) -> None:
    """Adds the format of times: msgspec names it only where a time zone is demanded; ours are always in UTC."""
    match info:
        case types.DateTimeType():
            schema["format"] = "date-time"
        case types.Metadata(type=inner):
            _complete(inner, schema)
        case types.UnionType(types=members) if "anyOf" in schema:
            for member, branch in zip(members, schema["anyOf"], strict=False):
                _complete(member, branch)
        case types.CollectionType(item_type=item):
            _complete(item, schema["items"])
        case types.DictType(value_type=value) if "additionalProperties" in schema:
            _complete(value, schema["additionalProperties"])


def _structs(infos: Iterable[types.Type]) -> list[types.StructType]:
    """Every struct that the types are made of, each once."""
    found: dict[Any, types.StructType] = {}
    todo = list(infos)
    while todo:
        info = todo.pop()
        if isinstance(info, types.StructType):
            if info.cls in found:
                continue
            found[info.cls] = info
        todo.extend(_parts(info))
    return list(found.values())


def _parts(info: types.Type) -> Iterator[types.Type]:
    match info:
        case types.StructType(fields=fields):
            yield from (field.type for field in fields)
        case types.Metadata(type=inner):
            yield inner
        case types.UnionType(types=members):
            yield from members
        case types.CollectionType(item_type=item):
            yield item
        case types.DictType(key_type=key, value_type=value):
            yield from (key, value)


def _name(struct: types.StructType) -> str:
    """The name that msgspec gives a struct: its own, or for a generic one its own and its argument's."""
    origin, arguments = getattr(struct.cls, "__origin__", None), getattr(struct.cls, "__args__", ())
    if origin is None:
        return str(struct.cls.__name__)
    return f"{origin.__name__}_{'__'.join(argument.__name__ for argument in arguments)}_"
