"""A capability's HTTP interface as an OpenAPI 3.1 document, made from its doors."""

import inspect
from typing import Any

from chassis.doors import Door
from chassis.http import Problem
from chassis.parsing import Nothing
from infra.contracts.capabilities import Capability
from infra.contracts.links import links
from infra.contracts.parameters import parameters
from infra.contracts.responses import responses
from infra.contracts.schemas import Schema, components
from infra.contracts.security import SCHEMES, security

REFERS = "#/components/schemas/{name}"
_FORMATS = {"PATCH": ("application/json", "application/merge-patch+json")}


def openapi(capability: Capability) -> dict[str, Any]:
    """The document; raises NameIsTaken where two types would have one name in it."""
    shown = [each for door in capability.doors for each in (door.takes, door.gives) if each not in (None, Nothing)]
    _, schemas = components([*shown, Problem], REFERS)
    paths: dict[str, Any] = {}
    for door in capability.doors:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door, capability, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Emporium: {capability.name}",
            "version": "1.0.0",
            "description": capability.purpose,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "http://127.0.0.1:8000", "description": "The local shop (emporium up)."}],
        "tags": [{"name": capability.name, "description": capability.purpose}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": SCHEMES},
    }


def _operation(door: Door, capability: Capability, schemas: dict[str, Schema]) -> dict[str, Any]:
    name = door.handler.__name__
    command = capability.commands.get(name)
    operation = {
        "operationId": name,
        "summary": name.replace("_", " ").capitalize(),
        "description": (inspect.getdoc(command) if command else None) or "",
        "tags": [capability.name],
        "x-role": door.role,
        "parameters": parameters(door),
        "requestBody": _body(door),
        "responses": responses(door, links(door, capability.doors, schemas)),
    }
    return {"security": security(door), **{key: value for key, value in operation.items() if value}}


def _body(door: Door) -> dict[str, Any] | None:
    if door.takes is Nothing:
        return None
    media = {"schema": {"$ref": REFERS.format(name=door.takes.__name__)}}
    return {"required": True, "content": dict.fromkeys(_FORMATS.get(door.method, ("application/json",)), media)}
