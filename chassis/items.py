"""Plain values as DynamoDB attribute values and back: text, whole numbers, truth, lists, maps. Never a float."""

from collections.abc import Callable, Mapping
from typing import Any

Attribute = dict[str, Any]
Item = dict[str, Any]


def write(value: Any) -> Attribute:
    """The attribute value of a plain value; raises TypeError for a float and all else that DynamoDB would bend."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case list() | tuple():
            return {"L": [write(each) for each in value]}
        case dict():
            return {"M": write_item(value)}
    raise TypeError(f"no attribute can hold {value!r}")


def read(attribute: Mapping[str, Any]) -> Any:
    """The plain value of an attribute value; raises TypeError for a type that `write` never makes."""
    kind, value = next(iter(attribute.items()), ("none", None))
    if kind not in _READERS:
        raise TypeError(f"an attribute of a type that is not ours: {kind}")
    return _READERS[kind](value)


def write_item(values: Mapping[str, Any]) -> Item:
    return {name: write(value) for name, value in values.items()}


def read_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read(value) for name, value in item.items()}


# By the type of an attribute value; each attribute of each item passes here, and a `match` took twice as long.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "S": lambda value: value,
    "BOOL": lambda value: value,
    "N": int,
    "NULL": lambda value: None,
    "L": lambda values: [read(each) for each in values],
    "M": read_item,
}
