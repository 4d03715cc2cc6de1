"""DynamoDB's expressions, as far as the capabilities write them; every other one is refused, never guessed at.

condition   = all { " OR " all }
all         = term { " AND " term }
term        = attribute_exists(name) | attribute_not_exists(name) | begins_with(name, :value)
            | name ( = | <> | < | <= | >= ) :value
update      = { ADD name :value {, ...} | SET name = :value {, ...} | REMOVE name {, ...} }
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Item = dict[str, Any]
Test = Callable[[Item, Mapping[str, Any]], bool]

_NAME = r"(#?[A-Za-z_][A-Za-z0-9_]*)"
_EXISTS = re.compile(rf"attribute_(not_)?exists\({_NAME}\)")
_BEGINS = re.compile(rf"begins_with\({_NAME}, (:[A-Za-z0-9_]+)\)")
_COMPARED = re.compile(rf"{_NAME} (=|<>|<|<=|>=) (:[A-Za-z0-9_]+)")
_CLAUSE = re.compile(r"(ADD|SET|REMOVE) (.*?)(?= (?:ADD|SET|REMOVE) |$)")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


class NotUnderstood(Exception):
    """An expression of a form that this cloud does not know: it is to be taught, or a wrong answer would be given."""


def holds(expression: str | None, names: Mapping[str, str], values: Mapping[str, Any], item: Item | None) -> bool:
    """Whether the condition holds for the item, None being one that is not there."""
    return expression is None or _condition(expression, _frozen(names))(item or {}, values)


def updated(expression: str, names: Mapping[str, str], values: Mapping[str, Any], item: Item) -> Item:
    """The item after the update; the one that was given stays as it is."""
    after = dict(item)
    for verb, name, value in _steps(expression, _frozen(names)):
        if verb == "REMOVE":
            after.pop(name, None)
        elif verb == "SET":
            after[name] = values[value]
        else:
            before = int(after[name]["N"]) if name in after else 0
            after[name] = {"N": str(before + int(values[value]["N"]))}
    return after


def _frozen(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(names.items())


@cache
def _condition(expression: str, names: tuple[tuple[str, str], ...]) -> Test:
    either = [[_term(term, dict(names)) for term in each.split(" AND ")] for each in expression.split(" OR ")]
    return lambda item, values: any(all(test(item, values) for test in all_of) for all_of in either)


def _term(text: str, names: Mapping[str, str]) -> Test:
    if met := _EXISTS.fullmatch(text):
        absent, name = bool(met[1]), _named(met[2], names)
        return lambda item, values: (name in item) is not absent
    if met := _BEGINS.fullmatch(text):
        name, value = _named(met[1], names), met[2]
        return lambda item, values: str(item.get(name, {}).get("S", "")).startswith(values[value]["S"])
    if met := _COMPARED.fullmatch(text):
        name, sign, value = _named(met[1], names), met[2], met[3]
        if sign == "<>":
            return lambda item, values: item.get(name) != values[value]
        return lambda item, values: name in item and _compared(item[name], sign, values[value])
    raise NotUnderstood(text)


def _compared(left: Item, sign: str, right: Item) -> bool:
    """Values of two types are not equal and have no order."""
    if left.keys() != right.keys():
        return False
    if sign == "=":
        return left == right
    [(kind, one)], [other] = left.items(), right.values()
    if kind not in ("N", "S"):
        raise NotUnderstood(f"an order of {kind}")
    return _ORDER[sign](int(one), int(other)) if kind == "N" else _ORDER[sign](one.encode(), other.encode())


@cache
def _steps(expression: str, names: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, str], ...]:
    clauses = _CLAUSE.findall(expression)
    if " ".join(f"{verb} {rest}" for verb, rest in clauses) != expression:
        raise NotUnderstood(expression)
    return tuple(_step(verb, each, dict(names)) for verb, rest in clauses for each in rest.split(", "))


def _step(verb: str, text: str, names: Mapping[str, str]) -> tuple[str, str, str]:
    shape = {"ADD": rf"{_NAME} (:\w+)", "SET": rf"{_NAME} = (:\w+)", "REMOVE": rf"{_NAME}()"}[verb]
    met = re.fullmatch(shape, text)
    if met is None:
        raise NotUnderstood(f"{verb} {text}")
    return verb, _named(met[1], names), met[2]


def _named(text: str, names: Mapping[str, str]) -> str:
    return names[text] if text.startswith("#") else text
