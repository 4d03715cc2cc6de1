"""Reads an overlay: the partial SAM template that is merged into what `chalice package` writes.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from infra.local.stacks import parameters
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.intrinsics import Scope, Unknown, resolve
from infra.local.stacks.reading import Template, read
from infra.local.stacks.sam import EVENTS, FUNCTION_PROPERTIES, NOTHING_LOCAL

_FUNCTION = "AWS::Serverless::Function"


@dataclass(frozen=True)
class Overlay:
    """What an overlay says to the functions of one app.

    `environment` holds every variable of every function, since locally they share one process; `events` the
    properties of each handler's event source, by the handler's name in snake case, as Python writes it.
    """

    environment: dict[str, str]
    events: dict[str, dict[str, Any]]


def overlay(path: Path, exports: Mapping[str, str], given: Mapping[str, str]) -> Overlay:
    """Raises TemplateError for what is not understood, and for a variable on which two functions differ."""
    template = read(path)
    scope = _scope(template, exports, given)
    functions = _functions(template, scope)
    events = {
        _handler(logical_id): _event(properties["Events"], scope, logical_id)
        for logical_id, properties in functions.items()
        if properties.get("Events")
    }
    return Overlay(_environment(template, scope, functions), events)


def _scope(template: Template, exports: Mapping[str, str], given: Mapping[str, str]) -> Scope:
    def attribute(logical_id: str, name: str) -> NoReturn:
        raise Unknown(f"there is no parameter {logical_id}, and what Chalice writes is not known here")

    def export(name: str) -> str:
        if name not in exports:
            raise Unknown(f"nothing exports {name}")
        return exports[name]

    values = parameters.values(template, given)
    return Scope(template.name, values, template.conditions, attribute, export)


def _functions(template: Template, scope: Scope) -> dict[str, dict[str, Any]]:
    """The properties of each function, by logical id, not yet worked out: most have no meaning here."""
    functions = {}
    for logical_id, resource in template.resources.items():
        where = f"Resources.{logical_id}"
        kind = resource.get("Type", _FUNCTION)  # Chalice has written the type already
        if kind in NOTHING_LOCAL:
            continue
        if kind != _FUNCTION:
            raise TemplateError(template.name, f"{where}.Type", f"{kind} is not understood")
        functions[logical_id] = resource.get("Properties", {})
        _refuse_unknown(functions[logical_id], FUNCTION_PROPERTIES, template.name, f"{where}.Properties")
    return functions


def _event(events: Mapping[str, Any], scope: Scope, logical_id: str) -> dict[str, Any]:
    where = f"Resources.{logical_id}.Properties.Events"
    if len(events) != 1:
        raise TemplateError(scope.template, where, "Chalice gives a function one event source")
    [(event_id, event)] = events.items()
    where = f"{where}.{event_id}"
    kind = EVENTS.get(event.get("Type"))
    if kind is None:
        raise TemplateError(scope.template, f"{where}.Type", f"{event.get('Type')} is not understood")
    if event_id != logical_id + kind.suffix:
        # Merging would add a second source beside the one that Chalice wrote.
        raise TemplateError(scope.template, where, f"Chalice calls this event source {logical_id}{kind.suffix}")
    properties: dict[str, Any] = resolve(event.get("Properties", {}), scope, f"{where}.Properties")
    _refuse_unknown(properties, kind.properties, scope.template, f"{where}.Properties")
    return properties


def _environment(template: Template, scope: Scope, functions: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    shared = template.globals.get("Function", {})
    _refuse_unknown(template.globals, {"Function"}, template.name, "Globals")
    _refuse_unknown(shared, FUNCTION_PROPERTIES, template.name, "Globals.Function")
    sources = {"Globals.Function": shared}
    sources |= {f"Resources.{logical_id}.Properties": each for logical_id, each in functions.items()}
    environment: dict[str, str] = {}
    for place, properties in sources.items():
        for name, value in _variables(properties, scope, f"{place}.Environment.Variables").items():
            if environment.setdefault(name, value) != value:
                where = f"{place}.Environment.Variables.{name}"
                raise TemplateError(template.name, where, "another function wants another value; here they share one")
    return environment


def _variables(properties: Mapping[str, Any], scope: Scope, where: str) -> dict[str, str]:
    variables: dict[str, Any] = resolve(properties.get("Environment", {}).get("Variables", {}), scope, where)
    for name, value in variables.items():
        if not isinstance(value, str):
            raise TemplateError(scope.template, f"{where}.{name}", f"is not a text: write {str(value)!r} in quotes")
    return variables


def _refuse_unknown(properties: Mapping[str, Any], known: frozenset[str] | set[str], template: str, where: str) -> None:
    for name in properties.keys() - known:
        raise TemplateError(template, f"{where}.{name}", "this property is not understood")


def _handler(logical_id: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", logical_id).lower()
