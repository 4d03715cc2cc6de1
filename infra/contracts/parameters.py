"""What a route reads beside its body: the names in its path, its query, and the headers that tell versions and keys."""

import re
from typing import Any, get_origin, get_type_hints

from chassis.conditions import TAGS
from chassis.doors import NAME, Door
from chassis.parsing import KEY, Nothing
from infra.contracts.schemas import Schema, components

Parameter = dict[str, Any]
_END = r"(?![\s\S])"  # the end in every dialect of regular expressions
_VERSIONS: Schema = {"type": "string", "pattern": rf"^(?:\*|{TAGS.pattern}){_END}"}

_IF_MATCH: Parameter = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that the change was made for, or * for any.",
    "schema": _VERSIONS,
    "example": '"1"',
}
_IF_NONE_MATCH: Parameter = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the version that is known already: 304 if it is still the newest.",
    "schema": _VERSIONS,
    "example": '"1"',
}
_IDEMPOTENCY_KEY: Parameter = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request has its effect once, and gets the same answer.",
    "schema": {"type": "string", "pattern": rf"^(?:{KEY.pattern}){_END}"},
    "example": "5f0b6c1e-2f5d-4a52-8d6b-3d1f5a3f8a55",
}


def parameters(door: Door) -> list[Parameter]:
    """The route's parameters: path, query, headers."""
    return [*map(_path, names_in(door.path)), *_query(door.query), *_headers(door)]


def names_in(path: str) -> list[str]:
    """The names in braces."""
    return re.findall(r"{(\w+)}", path)


def is_versioned(door: Door) -> bool:
    """Whether what the handler answers has a version, and so the answer an ETag."""
    answered = get_type_hints(door.handler)["return"]
    return hasattr(get_origin(answered) or answered, "version")


def _headers(door: Door) -> list[Parameter]:
    wanted = {
        "POST": [_IDEMPOTENCY_KEY] if door.role != "public" else [],  # a key is its caller's
        "GET": [_IF_NONE_MATCH] if is_versioned(door) else [],
    }
    return [_IF_MATCH] if door.conditional else wanted.get(door.method, [])


def _path(name: str) -> Parameter:
    schema = {"type": "string", "pattern": rf"^{NAME.pattern}{_END}"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(query: type) -> list[Parameter]:
    if query is Nothing:
        return []
    _, schemas = components([query], "#/components/schemas/{name}")
    described = schemas[query.__name__]
    return [
        {"name": name, "in": "query", "required": name in described["required"], "schema": _given(schema)}
        for name, schema in described["properties"].items()
    ]


def _given(schema: Schema) -> Schema:
    """A parameter is there or not: what may be null in our types is simply left out."""
    branches = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return branches[0] if len(branches) == 1 else schema
