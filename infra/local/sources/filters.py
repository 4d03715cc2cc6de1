"""Which records a mapping lets through: the event patterns of Lambda's FilterCriteria."""

import json
from collections.abc import Callable, Sequence
from typing import Any

Pattern = dict[str, Any]
_MISSING = object()


def matches(patterns: Sequence[Pattern], record: dict[str, Any]) -> bool:
    """Whether the record matches any of the patterns, or there is none."""
    return not patterns or any(_object(pattern, record) for pattern in patterns)


def parse(text: str) -> Pattern:
    """Raises ValueError for a pattern that is not well formed, or has an operator that is not known here.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
    """
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise ValueError(f"the pattern {text!r} is not JSON: {error}") from error
    _check(pattern, "the pattern")
    return dict(pattern)


def _check(pattern: Any, where: str) -> None:
    if not isinstance(pattern, dict) or not pattern:
        raise ValueError(f"{where} must be an object with at least one key")
    for key, rule in pattern.items():
        if key == "$or":
            _check_alternatives(rule)
        elif isinstance(rule, list) and rule:
            for choice in rule:
                _check_choice(choice, key)
        elif isinstance(rule, dict):
            _check(rule, repr(key))
        else:
            raise ValueError(f"{key!r} must hold an object or a list with at least one choice")


def _check_alternatives(rule: Any) -> None:
    if not isinstance(rule, list) or len(rule) < 2:
        raise ValueError("'$or' must hold a list of two patterns or more")
    for alternative in rule:
        _check(alternative, "'$or'")


def _check_choice(choice: Any, key: str) -> None:
    if not isinstance(choice, dict | list):
        return
    operator, operand = next(iter(choice.items())) if isinstance(choice, dict) and len(choice) == 1 else ("", None)
    if operator not in _OPERATORS:
        known = ", ".join(_OPERATORS)
        raise ValueError(f"{key!r}: {json.dumps(choice)} is not a value or one of the operators {known}")
    wanted, is_right, _ = _OPERATORS[operator]
    if not is_right(operand):
        raise ValueError(f"{key!r}: {operator} wants {wanted}, not {json.dumps(operand)}")


def _object(pattern: Pattern, value: Any) -> bool:
    if isinstance(value, list):
        return any(_object(pattern, member) for member in value)
    return all(_rule(key, rule, value) for key, rule in pattern.items())


def _rule(key: str, rule: Any, value: Any) -> bool:
    if key == "$or":
        return any(_object(alternative, value) for alternative in rule)
    inner = value.get(key, _MISSING) if isinstance(value, dict) else _MISSING
    if isinstance(rule, dict):
        return _object(rule, inner)
    return any(_choice(choice, inner) for choice in rule)


def _choice(choice: Any, value: Any) -> bool:
    if isinstance(choice, dict) and "exists" in choice:
        return bool(choice["exists"]) is (value is not _MISSING)
    if value is _MISSING:
        return False
    members = value if isinstance(value, list) else [value]
    return any(_one(choice, member) for member in members)


def _one(choice: Any, value: Any) -> bool:
    if not isinstance(choice, dict):
        return _same(choice, value)
    ((operator, operand),) = choice.items()
    return _OPERATORS[operator][2](operand, value)


def _same(choice: Any, value: Any) -> bool:
    # JSON knows true and 1 apart; Python does not
    return isinstance(choice, bool) is isinstance(value, bool) and bool(choice == value)


def _anything_but(operand: Any, value: Any) -> bool:
    if isinstance(operand, dict):
        return not _one(operand, value)
    return not any(_same(choice, value) for choice in (operand if isinstance(operand, list) else [operand]))


def _numeric(operand: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARISONS[comparison](value, limit) for comparison, limit in pairs)


def _is_numeric(operand: Any) -> bool:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return False
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in operand[1::2])
    return numbers and all(isinstance(c, str) and c in _COMPARISONS for c in operand[::2])


def _is_text(operand: Any) -> bool:
    return isinstance(operand, str)


def _is_exclusion(operand: Any) -> bool:
    if isinstance(operand, dict):
        return len(operand) == 1 and all(k in ("prefix", "suffix") and _is_text(v) for k, v in operand.items())
    members = operand if isinstance(operand, list) else [operand]
    return bool(members) and all(isinstance(m, str | int | float) for m in members)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}

_OPERATORS: dict[str, tuple[str, Callable[[Any], bool], Callable[[Any, Any], bool]]] = {
    "prefix": ("a text", _is_text, lambda text, value: isinstance(value, str) and value.startswith(text)),
    "suffix": ("a text", _is_text, lambda text, value: isinstance(value, str) and value.endswith(text)),
    "equals-ignore-case": (
        "a text",
        _is_text,
        lambda text, value: isinstance(value, str) and value.lower() == text.lower(),
    ),
    "anything-but": ("values, a prefix or a suffix", _is_exclusion, _anything_but),
    "numeric": ("comparisons and numbers", _is_numeric, _numeric),
    "exists": (
        "true or false",
        lambda operand: isinstance(operand, bool),
        lambda operand, value: bool(operand),
    ),
}
