"""What one side sends and the other would not take: requests as they are sent, events as they are told and heard.

Everything that the one schema allows must be good by the other: the reader's side of infra.contracts.compatibility.
"""

from typing import Any

from infra.contracts.compatibility import resolved
from infra.contracts.schemas import Schema

_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def not_taken(sent: Schema, taken: Schema, *, limits: bool = True) -> list[str]:
    """Why something that `sent` allows is not good by `taken`, each with its place; empty if all of it is.

    Without `limits` (of length, size, pattern) only names and types count: an event's schema promises no more.
    """
    return _Taker(limits).compare(resolved(sent, sent), resolved(taken, taken), "")


class _Taker:
    def __init__(self, limits: bool) -> None:
        self._limits = limits

    def compare(self, sent: Schema, taken: Schema, at: str) -> list[str]:
        if "anyOf" in sent:
            return [reason for branch in sent["anyOf"] for reason in self.compare(branch, taken, at)]
        if "anyOf" in taken:
            tried = [self.compare(sent, branch, at) for branch in taken["anyOf"]]
            return (
                [] if not all(tried) else min(tried, key=lambda reasons: (_is_of_another_type(reasons), len(reasons)))
            )
        if reasons := _types(sent, taken, at):
            return reasons
        limits = [*_bounds(sent, taken, at), *_words(sent, taken, at, "pattern")] if self._limits else []
        return [*_values(sent, taken, at), *_words(sent, taken, at, "format"), *limits, *self._parts(sent, taken, at)]

    def _parts(self, sent: Schema, taken: Schema, at: str) -> list[str]:
        reasons = _missing(sent, taken, at)
        known = taken.get("properties", {})
        for name, schema in sent.get("properties", {}).items():
            if name in known:
                reasons += self.compare(schema, known[name], _place(at, name))
            elif taken.get("additionalProperties") is False:
                reasons.append(f"{_place(at, name)} is refused")
        for word, mark in (("items", "[]"), ("additionalProperties", "{}")):
            if isinstance(sent.get(word), dict) and isinstance(taken.get(word), dict):
                reasons += self.compare(sent[word], taken[word], at + mark)
        return reasons


def _missing(sent: Schema, taken: Schema, at: str) -> list[str]:
    needed = [name for name in taken.get("required", ()) if name not in sent.get("required", ())]
    there = sent.get("properties", {})
    return [f"{_place(at, name)} is needed and {'may be' if name in there else 'is'} missing" for name in needed]


def _types(sent: Schema, taken: Schema, at: str) -> list[str]:
    has, wants = _type(sent), _type(taken)
    if wants is None or has == wants or (has, wants) == ("integer", "number"):
        return []
    return [f"{at or 'it'} is of type {has or 'any'} and is taken as {wants}"]


def _is_of_another_type(reasons: list[str]) -> bool:
    return any(" is taken as " in reason for reason in reasons)


def _type(schema: Schema) -> str | None:
    if "type" in schema:
        return str(schema["type"])
    values = _allowed(schema)
    return _TYPES.get(type(values[0])) if values else None


def _allowed(schema: Schema) -> list[Any]:
    """The only values that it allows; none where there are too many to name."""
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _values(sent: Schema, taken: Schema, at: str) -> list[str]:
    good = _allowed(taken)
    if not good:
        return []
    given = _allowed(sent)
    if not given:
        return [f"{at or 'it'} has any value and is taken as one of {', '.join(map(repr, good))}"]
    return [f"{at or 'it'} has the value {value!r}, which is not known" for value in given if value not in good]


def _words(sent: Schema, taken: Schema, at: str, word: str) -> list[str]:
    if word not in taken or sent.get(word) == taken[word]:
        return []
    return [f"{at or 'it'} has the {word} {sent.get(word)!r} and is taken with {taken[word]!r}"]


def _bounds(sent: Schema, taken: Schema, at: str) -> list[str]:
    over = [word for word in _AT_LEAST if word in taken and taken[word] > sent.get(word, float("-inf"))]
    under = [word for word in _AT_MOST if word in taken and taken[word] < sent.get(word, float("inf"))]
    return [
        f"{at or 'it'} has the {word} {sent.get(word, 'none')} and is taken with {taken[word]}" for word in over + under
    ]


def _place(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
