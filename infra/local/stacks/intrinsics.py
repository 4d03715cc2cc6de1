"""Works out CloudFormation's functions: Ref, GetAtt, Sub, Join, ImportValue, If, and those of conditions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.local.clients import ACCOUNT_ID, REGION
from infra.local.stacks.errors import TemplateError

PSEUDO_PARAMETERS: Mapping[str, str] = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_NO_VALUE = object()
_UNDER_WAY = object()
_KINDS = {str: "a text", list: "a list", dict: "a mapping", object: "a value"}
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")


class Unknown(Exception):
    """A name that a scope does not have; says what is wrong, the caller knows where."""


@dataclass(frozen=True)
class Scope:
    """What the names in one template stand for; `attribute` and `export` raise Unknown."""

    template: str
    parameters: Mapping[str, str]
    conditions: Mapping[str, Any]
    attribute: Callable[[str, str], str]
    export: Callable[[str], str]


def resolve(value: Any, scope: Scope, where: str) -> Any:
    """The value with every function in it worked out.

    `where` is its path, such as Resources.Table.Properties; a TemplateError names it down to the property.
    """
    resolved = _resolve(value, scope, where)
    return None if resolved is _NO_VALUE else resolved


def holds(condition: Any, scope: Scope, where: str) -> bool:
    """Whether a condition, given by its function or by {"Condition": name}, is true."""
    name, argument = _function(condition, scope, where) or (repr(condition), None)
    if name not in _CONDITIONS:
        raise TemplateError(scope.template, where, f"{name} is not a condition that is understood")
    try:
        return _CONDITIONS[name](argument, scope, where)
    except Unknown as unknown:
        raise TemplateError(scope.template, where, f"{name}: {unknown}") from unknown


def _resolve(value: Any, scope: Scope, where: str) -> Any:
    if isinstance(value, list):
        items = [_resolve(item, scope, f"{where}[{index}]") for index, item in enumerate(value)]
        return [item for item in items if item is not _NO_VALUE]
    if not isinstance(value, dict):
        return value
    if (call := _function(value, scope, where)) and call[0] != "Condition":
        return _call(*call, scope, where)
    entries = {key: _resolve(item, scope, f"{where}.{key}") for key, item in value.items()}
    return {key: item for key, item in entries.items() if item is not _NO_VALUE}


def _function(value: Any, scope: Scope, where: str) -> tuple[str, Any] | None:
    """The function and its argument, if this is one; `Condition` is one only where a condition is wanted."""
    if not isinstance(value, dict):
        return None
    for name in value:
        if name == "Ref" or str(name).startswith("Fn::"):
            if len(value) != 1:
                raise TemplateError(scope.template, where, f"{name} stands beside other keys")
            return name, value[name]
    return ("Condition", value["Condition"]) if value.keys() == {"Condition"} else None


def _call(name: str, argument: Any, scope: Scope, where: str) -> Any:
    if name not in _FUNCTIONS:
        raise TemplateError(scope.template, where, f"the function {name} is not understood")
    try:
        return _FUNCTIONS[name](argument, scope, where)
    except Unknown as unknown:
        raise TemplateError(scope.template, where, f"{name}: {unknown}") from unknown


def _ref(name: Any, scope: Scope, where: str) -> Any:
    if name == "AWS::NoValue":
        return _NO_VALUE
    return _named(str(name), scope)


def _named(name: str, scope: Scope) -> str:
    if name in scope.parameters:
        return scope.parameters[name]
    if name.startswith("AWS::"):
        if name not in PSEUDO_PARAMETERS:
            raise Unknown(f"the pseudo parameter {name} is not understood")
        return PSEUDO_PARAMETERS[name]
    return scope.attribute(name, "Ref")


def _get_att(argument: Any, scope: Scope, where: str) -> str:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not (isinstance(parts, list) and len(parts) == 2 and all(isinstance(part, str) for part in parts)):
        raise Unknown(f"wants a resource and its attribute, not {argument!r}")
    return scope.attribute(parts[0], parts[1])


def _sub(argument: Any, scope: Scope, where: str) -> str:
    text, own = _pair([argument, {}] if isinstance(argument, str) else argument, str, dict)
    variables = {name: _text(value, scope, where) for name, value in own.items()}

    def replaced(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return "${" + name + "}"
        if name in variables:
            return variables[name]
        return scope.attribute(*name.split(".", 1)) if "." in name else _named(name, scope)

    return _PLACEHOLDER.sub(replaced, text)


def _join(argument: Any, scope: Scope, where: str) -> str:
    delimiter, values = _pair(argument, str, list)
    return str(delimiter).join(_text(value, scope, where) for value in values)


def _import_value(argument: Any, scope: Scope, where: str) -> str:
    return scope.export(_text(argument, scope, where))


def _if(argument: Any, scope: Scope, where: str) -> Any:
    if not (isinstance(argument, list) and len(argument) == 3):
        raise Unknown("wants a condition and two values")
    name, when_true, when_false = argument
    return _resolve(when_true if _named_condition(name, scope, where) else when_false, scope, where)


def _named_condition(name: Any, scope: Scope, where: str) -> bool:
    if name not in scope.conditions:
        raise Unknown(f"there is no condition {name}")
    if scope.conditions[name] is _UNDER_WAY:
        raise Unknown(f"the condition {name} is made of itself")
    inner = replace(scope, conditions={**scope.conditions, name: _UNDER_WAY})
    return holds(scope.conditions[name], inner, f"Conditions.{name}")


def _equals(argument: Any, scope: Scope, where: str) -> bool:
    one, other = _pair(argument, object, object)
    return _text(one, scope, where) == _text(other, scope, where)


def _all_hold(argument: Any, scope: Scope, where: str) -> bool:
    return all(holds(each, scope, where) for each in _list(argument))


def _any_holds(argument: Any, scope: Scope, where: str) -> bool:
    return any(holds(each, scope, where) for each in _list(argument))


def _not(argument: Any, scope: Scope, where: str) -> bool:
    return not _all_hold(argument, scope, where)


def _pair(argument: Any, first: type, second: type) -> list[Any]:
    wants = (first, second)
    if isinstance(argument, list) and len(argument) == 2 and all(map(isinstance, argument, wants)):
        return argument
    raise Unknown(f"wants a list of {' and '.join(_KINDS[each] for each in wants)}, not {argument!r}")


def _list(argument: Any) -> list[Any]:
    if not isinstance(argument, list):
        raise Unknown(f"wants a list of conditions, not {argument!r}")
    return argument


def _text(value: Any, scope: Scope, where: str) -> str:
    resolved = _resolve(value, scope, where)
    if isinstance(resolved, bool):
        return str(resolved).lower()
    if not isinstance(resolved, str | int | float):
        raise Unknown(f"wants a text, not {resolved!r}")
    return str(resolved)


_FUNCTIONS: Mapping[str, Callable[[Any, Scope, str], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::ImportValue": _import_value,
    "Fn::If": _if,
}
_CONDITIONS: Mapping[str, Callable[[Any, Scope, str], bool]] = {
    "Condition": _named_condition,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _all_hold,
    "Fn::Or": _any_holds,
}
