"""From the type that a route takes: a body that is right, and every body that is wrong in one place."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from msgspec import inspect
from msgspec.inspect import (
    CollectionType,
    DictType,
    IntType,
    LiteralType,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
)

Path = tuple[str | int, ...]
Wrong = tuple[str, Path, Any]  # what is wrong, where, and the whole value with it
TEXTS = ("tea", "ada@example.com", "USD", "US", "+49 123 4567")
KNOWN = {"password": "Correct-horse-1"}  # what is right by a rule that its type does not tell
NOT_TEXT = ("a\x00b", "\x1b[31m", "a\x7fb")
HUGE = 10**30


def right(type: Type) -> Any:
    """A value that the type takes, with every optional part of it there."""
    match type:
        case UnionType(types=types):
            return right(next(each for each in types if not isinstance(each, NoneType)))
        case StructType(fields=fields):
            return {field.encode_name: KNOWN.get(field.encode_name) or right(field.type) for field in fields}
        case VarTupleType(item_type=item):
            return [right(item)]
        case DictType(key_type=key, value_type=value):
            return {right(key): right(value)}
        case LiteralType(values=values):
            return values[0]
        case IntType(ge=least):
            return 7 if least is None else max(least, 7)
        case StrType(pattern=pattern):
            return next(text for text in TEXTS if re.search(pattern or "", text))
    raise NotImplementedError(f"say what a right {type} looks like")


def wrong(takes: type) -> Iterator[Wrong]:
    """Every way in which one place of a right body can be wrong."""
    type = inspect.type_info(takes)
    whole = right(type)
    for what, path, value in _wrong(type, ()):
        yield what, path, _with(whole, path, value)


MISSING = object()


def _wrong(type: Type, path: Path) -> Iterator[Wrong]:
    admits_none = isinstance(type, UnionType) and any(isinstance(each, NoneType) for each in type.types)
    if not admits_none:
        yield "null", path, None
    if isinstance(type, UnionType):
        type = next(each for each in type.types if not isinstance(each, NoneType))
    values: tuple[Any, ...] = (True, 1.5, "seven!\x00", [], [[]], {}, {"\x00": 1}, -HUGE, HUGE)
    for value in values:
        if not _may_be(type, value):
            yield f"{value!r} instead", path, value
    yield from _wrong_inside(type, path)


def _wrong_inside(type: Type, path: Path) -> Iterator[Wrong]:
    match type:
        case StructType(fields=fields):
            yield "an unknown field", (*path, "colour"), 1
            for field in fields:
                if field.required:
                    yield "missing", (*path, field.encode_name), MISSING
                yield from _wrong(field.type, (*path, field.encode_name))
        case VarTupleType(item_type=item, min_length=least, max_length=most):
            yield from _wrong(item, (*path, 0))
            if least:
                yield "too few", path, []
            if most is not None:
                yield "too many", path, [right(item)] * (most + 1)
        case DictType(key_type=key, value_type=value, max_length=most):
            for text in _wrong_texts(key):
                yield "a wrong key", path, {text: right(value)}
            yield from ((what, path, {right(key): bad}) for what, _, bad in _wrong(value, ()))
            if most is not None:
                yield "too many", path, {f"k{count}": right(value) for count in range(most + 1)}
        case StrType():
            yield from (("a wrong text", path, text) for text in _wrong_texts(type))
        case IntType(ge=least, le=most):
            bounds = ([least - 1] if least is not None else []) + ([most + 1] if most is not None else [])
            yield from (("out of bounds", path, value) for value in bounds)


def _wrong_texts(type: Type) -> Iterator[str]:
    """Control signs, and one sign too many; a text without a bound is a fault of its type."""
    assert isinstance(type, StrType)
    yield from NOT_TEXT
    yield "x" * ((type.max_length or 1000) + 1)


def _may_be(type: Type, value: Any) -> bool:
    """Whether the value's JSON type is one that the type takes, so that only its content could be wrong."""
    if isinstance(value, bool | float):
        return False
    match value:
        case int():
            return isinstance(type, IntType) and type.ge is None and type.le is None
        case str():
            return False
        case [] | [[]]:
            return isinstance(type, CollectionType)
        case {}:
            return isinstance(type, StructType) or (isinstance(type, DictType) and not value)
    return False


def _with(whole: Any, path: Path, value: Any) -> Any:
    """A copy of the whole in which the place has the value, or is missing."""
    if not path:
        return value
    changed = copy.deepcopy(whole)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    if value is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


def pointer(path: Path) -> str:
    return "#" + "".join(f"/{step}" for step in path)
