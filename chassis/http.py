"""HTTP answers: the only place that knows statuses. Every error is a problem document (RFC 9457)."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from chalice.app import Response
from msgspec import Struct

from chassis.refusals import (
    Conflict,
    Flaw,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    Stale,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unconditional,
    Unsupported,
)

JSON = "application/json"
PROBLEM = "application/problem+json"
Headers = Mapping[str, str]
STATUS: dict[type[Refusal], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    TooLarge: 413,
    Unsupported: 415,
    Invalid: 422,
    Unconditional: 428,
    TooMany: 429,
    Unavailable: 503,
}


class Problem(Struct, omit_defaults=True):
    """RFC 9457, with `errors` as in its section 3: `instance` is the request, by the id that the logs have."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: tuple[dict[str, str], ...] = ()


def shown(result: object, gives: Any, status: int, headers: Headers) -> Response:
    """What a request asked for, in the shape that its route declares."""
    text = msgspec.json.encode(msgspec.convert(result, gives, from_attributes=True)).decode()
    return Response(text, {"Content-Type": JSON, **headers}, status)


def empty(status: int, headers: Headers) -> Response:
    """An answer that says all by its status."""
    return Response("", {**headers}, status)


def refused(refusal: Refusal, request_id: str) -> Response:
    """A refusal, by the status of its kind."""
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    problem = Problem(
        type=type_of(type(refusal)),
        title=refusal.title(),
        status=status,
        detail=refusal.detail,
        instance=f"urn:uuid:{request_id}",
        errors=tuple(map(_error, refusal.flaws)),
    )
    return _problem(problem, _advice(refusal))


def type_of(kind: type[Refusal]) -> str:
    """The problem's type: what a client tells one refusal from another by."""
    return "urn:emporium:problem:" + re.sub(r"[^a-z]+", "-", kind.title().lower())


def _advice(refusal: Refusal) -> Headers:
    """What a client is to do about it: RFC 6750, 3 and RFC 9110, 10.2.3."""
    match refusal:
        case Unauthenticated():
            return {"WWW-Authenticate": refusal.challenge}
        case TooMany():
            return {"Retry-After": str(refusal.retry_after)}
        case Unavailable():
            return {"Retry-After": "1"}
    return {}


def broken(request_id: str) -> Response:
    """Our own fault: nothing of it is told but the id by which the logs have it."""
    return failed(500, "Something went wrong on our side.", request_id, {})


def failed(status: int, detail: str, request_id: str, headers: Headers) -> Response:
    """What no rule of ours refused, but HTTP itself: its title is the status's own phrase."""
    title = HTTPStatus(status).phrase
    return _problem(Problem("about:blank", title, status, detail, f"urn:uuid:{request_id}"), headers)


def _problem(problem: Problem, headers: Headers) -> Response:
    return Response(msgspec.json.encode(problem).decode(), {"Content-Type": PROBLEM, **headers}, problem.status)


def _error(flaw: Flaw) -> dict[str, str]:
    return {flaw.place: flaw.at, "detail": flaw.detail}
