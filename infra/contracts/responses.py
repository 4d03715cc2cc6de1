"""What a route answers: what was asked for, and every problem that it can really give."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from chassis.auth import NotForYou, NotSignedIn
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
_RETRY = {
    "Retry-After": {"description": "Seconds after which to ask again.", "required": True, "schema": {"type": "integer"}}
}
_CHALLENGE = {
    "WWW-Authenticate": {
        "description": "That an access token is wanted (RFC 6750).",
        "required": True,
        "schema": {"type": "string"},
    }
}
# What a client needs to know beside the problem, to do something about it.
_ADVICE = {401: _CHALLENGE, 429: _RETRY, 503: _RETRY}
_BY_OTHERS = {401}  # a request without any token is refused by the gateway already


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
        found[404] = {kind for kind in found.get(404, ()) if _is_named(kind, door)}
    known = {str(status): _problem(status, kinds) for status, kinds in sorted(found.items()) if kinds}
    return known | {"500": _problem(500, ())}


def _is_named(missing: type[Refusal], door: Door) -> bool:
    """Whether the route, whose path names nothing, names a thing in its query; what is no thing needs no name."""
    _, thing, name = missing.__name__.rpartition("NoSuch")
    return not thing or f"{name.lower()}_id" in door.query.__struct_fields__  # type: ignore[attr-defined]


def _before_the_handler(door: Door) -> Iterable[type[Refusal]]:
    """What is refused by rules that hold for every route (chassis.doors)."""
    yield from (NotText, FieldNotAccepted, Unavailable)
    if door.role != "public":
        yield NotSignedIn
    if door.role == "staff":
        yield NotForYou
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
    types = [type for _, type in said]
    if status in _BY_OTHERS or not types:
        types.append("about:blank")
    answer: Response = {
        "description": "; ".join(title for title, _ in said) or HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
        "x-problem-types": types,
    }
    return answer | ({"headers": _ADVICE[status]} if status in _ADVICE else {})
