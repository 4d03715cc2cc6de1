"""Where an answer leads: from a thing to what can be done with it, from a page to the next one."""

from collections.abc import Iterable, Sequence
from typing import Any

from chassis.auth import ROLES
from chassis.doors import Door
from infra.contracts.parameters import names_in
from infra.contracts.schemas import Schema

Link = dict[str, Any]


def links(door: Door, doors: Sequence[Door], schemas: dict[str, Schema]) -> dict[str, Link]:
    """The links of a route's answer, by the name of the operation that they lead to."""
    if door.gives is None:
        return {}
    fields = schemas[door.gives.__name__]["properties"]
    if "next_cursor" in fields:
        return {door.handler.__name__: _to(door, {"query.cursor": _said("next_cursor")})}
    known = _names(door.gives.__name__, fields)
    return {
        other.handler.__name__: _to(other, _in_path(other, known) | _as_of(other))
        for other in doors
        if other is not door and _leads(door, other, known) and (not other.conditional or _same(door, other, doors))
    }


def _names(thing: str, fields: Iterable[str]) -> dict[str, str]:
    """What the answer says of the names that paths have: an order's `id` is the `order_id`, its `sku` is the `sku`."""
    return {name if name != "id" else f"{thing.lower()}_id": _said(name) for name in fields}


def _leads(door: Door, other: Door, known: dict[str, str]) -> bool:
    """Whether the answer has all names of the other route, which is no more open: what staff sees, others may not."""
    named = names_in(other.path)
    return bool(named) and known.keys() >= set(named) and ROLES.index(other.role) >= ROLES.index(door.role)


def _same(door: Door, other: Door, doors: Iterable[Door]) -> bool:
    """Whether the answer is the very thing that the other route changes, so that its version is meant."""
    return door.gives in {each.gives for each in doors if each.path == other.path}


def _in_path(other: Door, known: dict[str, str]) -> dict[str, str]:
    return {f"path.{name}": known[name] for name in names_in(other.path)}


def _as_of(other: Door) -> dict[str, str]:
    return {"header.If-Match": "$response.header.ETag"} if other.conditional else {}


def _to(other: Door, parameters: dict[str, str]) -> Link:
    return {"operationId": other.handler.__name__, "parameters": parameters}


def _said(field: str) -> str:
    return f"$response.body#/{field}"
