"""Which changes of an event's schema would break somebody who reads it: changes are additive, the others are a v2.

A hearer may count on every field, on its type and on its being there. It may not count on a list of values being
complete: a new status is an addition, as a new field is.
"""

from typing import Any

from infra.contracts.schemas import Schema

# What must stay exactly as it was; all other words of a schema describe, and may be said better.
_FIXED = ("type", "const", "format", "pattern")


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What a reader of `old` can not count on in `new`, each with the place where it is; empty if all holds."""
    return _compare(resolved(old, old), resolved(new, new), "")


def resolved(schema: Any, root: Schema) -> Any:
    """The schema with what it refers to in `$defs` of the root put in its place (no type of ours contains itself)."""
    if isinstance(schema, list):
        return [resolved(each, root) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    return {key: resolved(value, root) for key, value in schema.items() if key != "$defs"}


def _compare(old: Schema, new: Schema, at: str) -> list[str]:
    return [*_own(old, new, at), *_values(old, new, at), *_branches(old, new, at), *_fields(old, new, at)]


def _own(old: Schema, new: Schema, at: str) -> list[str]:
    return [
        f"{at or 'it'}: {word} was {old.get(word)!r} and would be {new.get(word)!r}"
        for word in _FIXED
        if old.get(word) != new.get(word)
    ]


def _values(old: Schema, new: Schema, at: str) -> list[str]:
    gone = [value for value in old.get("enum", ()) if value not in new.get("enum", ())]
    return [f"{at}: the value {value!r} was removed" for value in gone]


def _branches(old: Schema, new: Schema, at: str) -> list[str]:
    """A value of several kinds: each kind is compared with its successor in place."""
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    if len(before) != len(after):
        return [f"{at}: it had {len(before) or 1} kinds of value and would have {len(after) or 1}"]
    return [change for a, b in zip(before, after, strict=True) for change in _compare(a, b, at)]


def _fields(old: Schema, new: Schema, at: str) -> list[str]:
    changes = []
    for name, schema in old.get("properties", {}).items():
        place = f"{at}.{name}" if at else name
        if name not in new.get("properties", {}):
            changes.append(f"{place} was removed")
            continue
        if name in old.get("required", ()) and name not in new.get("required", ()):
            changes.append(f"{place} was always there and would not be")
        changes += _compare(schema, new["properties"][name], place)
    for word, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(old.get(word), dict):
            after = new.get(word)
            changes += _compare(old[word], after if isinstance(after, dict) else {}, at + mark)
    return changes
