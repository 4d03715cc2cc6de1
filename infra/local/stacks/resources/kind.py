"""What a resource type is: the properties that it understands, its attributes, and how it is made."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.clients import Clients

# A shape mirrors a property: a mapping of known keys, a list of one shape, a set of allowed values, None for
# any single value, or ANY for what is passed on as it stands.
Shape = Any
ANY = object()

Properties = dict[str, Any]
Attributes = dict[str, str]


class Refused(Exception):
    """What stands in the cloud can not be changed into what the template wants."""


@dataclass(frozen=True)
class Kind:
    """A resource type; `ensure` makes a resource, or changes the one of that name.

    It gives `Ref` and the attributes, and raises Refused for a change that only a new resource could bring.
    """

    shape: Mapping[str, Shape]
    required: tuple[str, ...]
    attributes: tuple[str, ...]
    ensure: Callable[[Clients, Properties], Attributes]


def misfits(value: Any, shape: Shape, where: str) -> Iterator[tuple[str, str]]:
    """Every place where a value has what its shape does not know, and what is wrong there."""
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            yield where, "is not a mapping"
            return
        for key, item in value.items():
            if key in shape:
                yield from misfits(item, shape[key], f"{where}.{key}")
            else:
                yield f"{where}.{key}", "this property is not understood"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield where, "is not a list"
            return
        for index, item in enumerate(value):
            yield from misfits(item, shape[0], f"{where}[{index}]")
    elif isinstance(shape, frozenset):
        if value not in shape:
            yield where, f"{value!r} is not understood, only {' or '.join(sorted(shape))}"
    elif shape is not ANY and isinstance(value, dict | list):
        yield where, "is not a single value"


def as_attribute(value: Any) -> str:
    """A property as SNS and SQS write it: attributes are strings, structures JSON, truth in small letters."""
    if isinstance(value, str):
        return value
    return json.dumps(value)


def fits(current: Any, wanted: Any) -> bool:
    """Whether what stands has all that is wanted; it may have more, for the cloud fills in what nobody gave."""
    if isinstance(wanted, Mapping) and isinstance(current, Mapping):
        return all(name in current and fits(current[name], value) for name, value in wanted.items())
    return bool(current == wanted)


def meaning(attribute: str) -> Any:
    """What such an attribute says: of two that say the same neither has to be set anew."""
    try:
        return json.loads(attribute.lower() if attribute in ("True", "False") else attribute)
    except ValueError:
        return attribute
