"""What a route answers: what was asked for, and every problem that it can really give."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from chassis.conditions import VersionIsOld, VersionNotStated
from chassis.doors import Door
from chassis.http import JSON, PROBLEM, Problem, type_of
from chassis.parsing import BodyTooLong, FieldNotAccepted, FormatNotRead, NotJson, NotText
from chassis.refusals import Malformed, NotFound, Refusal, Unavailable
from infra.contracts.parameters import is_versioned, names_in
from infra.contracts.refusals import refusals, status_of

Response = dict[str, Any]
_ETAG = {"description": "The version that this is, for If-Match and If-None-Match.", "schema": {"type": "string"}}
_LOCATION = {
    "description": "Where what was made is found.",
    "schema": {"type": "string", "format": "uri-reference"},
}
_RETRY = {"description": "Seconds after which to ask again.", "schema": {"type": "integer"}}


def responses(door: Door, links: dict[str, Any]) -> dict[str, Response]:
    """The answers by status."""
    unchanged = {"304": _empty(304, {"ETag": _ETAG})} if door.method == "GET" and is_versioned(door) else {}
    return {str(door.status): _success(door, links), **unchanged, **_problems(door)}


def _success(door: Door, links: dict[str, Any]) -> Response:
    if door.gives is None:
        return _empty(door.status, {})
    headers = {
        **({"ETag": _ETAG} if is_versioned(door) else {}),
        **({"Location": _LOCATION} if door.location else {}),
    }
    shown = {JSON: {"schema": {"$ref": f"#/components/schemas/{door.gives.__name__}"}}}
    answer = {"description": HTTPStatus(door.status).phrase, "headers": headers, "content": shown, "links": links}
    return {key: value for key, value in answer.items() if value}


def _empty(status: int, headers: dict[str, Any]) -> Response:
    return {"description": HTTPStatus(status).phrase, **({"headers": headers} if headers else {})}


def _problems(door: Door) -> dict[str, Response]:
    found = refusals(door.handler)
    for kind in _before_the_handler(door):
        found.setdefault(status_of(kind), set()).add(kind)
    if not names_in(door.path):
        found.pop(404, None)  # without a name in its path a route always finds what it speaks of
    known = {str(status): _problem(status, kinds) for status, kinds in sorted(found.items())}
    return known | {"500": _problem(500, ())}


def _before_the_handler(door: Door) -> Iterable[type[Refusal]]:
    """What is refused by rules that hold for every route (chassis.doors)."""
    yield from (NotText, FieldNotAccepted, Unavailable)
    if names_in(door.path):
        yield NotFound
    if door.method != "GET":
        yield from (NotJson, BodyTooLong, FormatNotRead)
    if door.method == "POST" or door.conditional or is_versioned(door):
        yield Malformed
    if door.conditional:
        yield from (VersionIsOld, VersionNotStated)


def _problem(status: int, kinds: Iterable[type[Refusal]]) -> Response:
    """`x-problem-types` has the values of the problem's `type` that can come with this status."""
    said = sorted((kind.title(), type_of(kind)) for kind in kinds)
    answer: Response = {
        "description": "; ".join(title for title, _ in said) or HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
        "x-problem-types": [type for _, type in said] or ["about:blank"],
    }
    return answer | ({"headers": {"Retry-After": _RETRY}} if status == 503 else {})
