"""Where an answer leads: from what was made to what can be done with it, from a page to the next one."""

import re
from collections.abc import Iterable
from typing import Any

from chassis.doors import Door
from infra.contracts.parameters import names_in
from infra.contracts.schemas import Schema

Link = dict[str, Any]


def links(door: Door, doors: Iterable[Door], schemas: dict[str, Schema]) -> dict[str, Link]:
    """The links of a route's answer, by the name of the operation that they lead to."""
    if door.gives is None:
        return {}
    fields = schemas[door.gives.__name__]["properties"]
    if door.location:
        return {other.handler.__name__: _to(other, fields) for other in doors if _is_about(other, door.location)}
    if "next_cursor" in fields:
        return {door.handler.__name__: {"operationId": door.handler.__name__, "parameters": _next_page()}}
    return {}


def _is_about(other: Door, location: str) -> bool:
    """Whether the route is that of the location, or lies under it."""
    at, under = _unnamed(other.path), _unnamed(location)
    return at == under or at.startswith(f"{under}/")


def _to(other: Door, fields: dict[str, Schema]) -> Link:
    [name] = names_in(other.path)
    known = {f"path.{name}": f"$response.body#/{name if name in fields else 'id'}"}
    version = {"header.If-Match": "$response.header.ETag"} if other.conditional else {}
    return {"operationId": other.handler.__name__, "parameters": known | version}


def _next_page() -> dict[str, str]:
    return {"query.cursor": "$response.body#/next_cursor"}


def _unnamed(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)
