"""A capability's routes as data: what each takes and gives and who may call it, and how a call goes through it."""

import functools
import re
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from urllib.parse import unquote

from chalice.app import Chalice, ChaliceAuthorizer, Response
from msgspec import Struct

from chassis import auth, aws, browsers, conditions, http, invocations, log, parsing, settings
from chassis.auth import NOBODY, ROLES, Caller, Role
from chassis.conditions import Match
from chassis.idempotency import mark
from chassis.refusals import Forbidden, NotFound, Refusal, TooMany, Unauthenticated, Unavailable

Body = TypeVar("Body")
Query = TypeVar("Query")
Handler = Callable[..., Any]
# A path parameter: what is longer, or has any other sign, names nothing that we have.
NAME = re.compile(r"[\x21-\x7e]{1,128}")
_DENIED = (Unauthenticated, Forbidden, TooMany)


class Request(Struct, Generic[Body, Query], frozen=True):
    """A call after all checks that need no knowledge of the business."""

    body: Body
    query: Query
    match: Match
    mark: str | None  # tells the same request again (chassis.idempotency); None without an Idempotency-Key
    caller: Caller
    token: str  # the caller's access token, for whoever has to show it to the identity provider; never log it


class Door(Struct, frozen=True):
    """One route: `location` is the path of what it made, filled from the answer; a `conditional` one wants If-Match."""

    method: str
    path: str
    role: Role
    takes: type
    query: type
    gives: Any
    status: int
    location: str | None
    conditional: bool
    handler: Handler


class Doors:
    """Registers routes with a Chalice app and keeps them as a list, for documents and tests.

    `identify` is the app's authorizer: it stands before every route that is not public.
    """

    def __init__(self, app: Chalice, identify: ChaliceAuthorizer) -> None:
        self.app, self.identify = app, identify
        self.all: list[Door] = []
        invocations.watch(app, identify)
        app.register_middleware(self._finish, "http")

    def __call__(
        self,
        method: str,
        path: str,
        *,
        role: Role,
        takes: type = parsing.Nothing,
        query: type = parsing.Nothing,
        gives: Any = None,
        status: int = 200,
        location: str | None = None,
        conditional: bool | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declares a route; raises ValueError for a role that is none of ours, so that none is open by mistake.

        What is changed or taken away wants If-Match, unless `conditional` says that it has no versions.
        """
        if role not in ROLES:
            raise ValueError(f"{method} {path}: {role!r} is none of the roles {', '.join(ROLES)}")
        match = method in ("PUT", "PATCH", "DELETE") if conditional is None else conditional

        def register(handler: Handler) -> Handler:
            self._open(Door(method, path, role, takes, query, gives, status, location, match, handler))
            return handler

        return register

    def _open(self, door: Door) -> None:
        """No content types: Chalice's own check would answer 415 before ours could say what is wrong."""
        if all(each.path != door.path for each in self.all):
            self.app.route(door.path, methods=["OPTIONS"], content_types=[])(self._preflight(door.path))
        self.all.append(door)
        view = functools.wraps(door.handler)(lambda **names: self._pass(door, names))
        authorizer = None if door.role == "public" else self.identify
        self.app.route(door.path, methods=[door.method], content_types=[], authorizer=authorizer)(view)

    def _preflight(self, path: str) -> Callable[..., Response]:
        """Answers a browser that asks what a page of another origin may send here."""

        def options(**names: str) -> Response:
            methods = [door.method for door in self.all if door.path == path]
            return http.empty(204, browsers.preflight(methods))

        return options

    def _pass(self, door: Door, names: dict[str, str]) -> Response:
        began, incoming = time.perf_counter(), self.app.current_request
        assert incoming is not None  # nosec B101  # for mypy: Chalice sets it before it calls a view
        response, caller = _answer(door, incoming, {name: unquote(given) for name, given in names.items()})
        if settings.text("LOG_REQUESTS", "on") == "on":  # off where a server in front of us logs them
            log.say(
                "answered",
                method=door.method,
                route=door.path,
                status=response.status_code,
                actor=str(caller),
                ms=round((time.perf_counter() - began) * 1000, 1),
            )
        return response

    def _finish(self, request: Any, get_response: Callable[[Any], Response]) -> Response:
        """Gives every answer, the framework's own too, its headers and, if it is a no, its form."""
        response = self._as_problem(request, get_response(request))
        shared = request.method == "GET" and self._is_public(request.context.get("resourcePath"))
        response.headers["traceparent"] = log.trace()  # by which the whole way of what was asked is found in the logs
        response.headers.update(browsers.protected(shared=shared))
        response.headers.update(browsers.readable(request.headers.get("origin")))
        return response

    def _is_public(self, path: str) -> bool:
        return any(door.path == path and door.method == "GET" and door.role == "public" for door in self.all)

    def _as_problem(self, request: Any, response: Response) -> Response:
        """Turns what the framework itself refuses (405, 500 ...) into a problem document like all others."""
        if response.status_code < 400 or response.headers.get("Content-Type") == http.PROBLEM:
            return response
        allow = {name: value for name, value in response.headers.items() if name == "Allow" and isinstance(value, str)}
        detail = f"{request.method} {request.path} can not be answered."
        return http.failed(response.status_code, detail, _id(request), allow)


def _answer(door: Door, incoming: Any, names: dict[str, str]) -> tuple[Response, Caller]:
    """The answer, and to whom."""
    caller = NOBODY
    try:
        caller = _caller(door, incoming)
        auth.admit(caller, door.role)
        with auth.on_behalf_of(str(caller)):
            return _show(door, incoming, door.handler(_parse(door, incoming, names, caller), **names)), caller
    except Refusal as refusal:
        if isinstance(refusal, _DENIED):
            why = refusal.title()
            log.warn("denied", why=why, actor=str(caller), method=door.method, route=door.path)
        return http.refused(refusal, _id(incoming)), caller
    except Exception as error:
        if aws.is_passing(error):
            log.warn("unavailable", cause=str(error), method=door.method, route=door.path)
            return http.refused(Unavailable("Not just now; please ask again."), _id(incoming)), caller
        log.fail("broken", error, method=door.method, route=door.path)
        return http.broken(_id(incoming)), caller


def _caller(door: Door, incoming: Any) -> Caller:
    """Who calls; at a public door nobody is asked."""
    return NOBODY if door.role == "public" else auth.caller(incoming.context.get("authorizer"))


def _parse(door: Door, incoming: Any, names: dict[str, str], caller: Caller) -> Request[Any, Any]:
    if not all(map(NAME.fullmatch, names.values())):
        raise NotFound(f"There is nothing at {door.path} under such a name.")
    headers = incoming.headers
    query: Any = parsing.query(dict(incoming.to_original_event()["multiValueQueryStringParameters"] or {}), door.query)
    raw = incoming.raw_body if door.method != "GET" else b""
    body: Any = parsing.body(raw, headers.get("content-type"), door.takes)
    match = conditions.stated(headers.get("if-match")) if door.conditional else Match(frozenset(), any=True)
    key = parsing.idempotency_key(headers.get("idempotency-key")) if door.method == "POST" else None
    token = headers.get("authorization", "").rpartition(" ")[2]
    return Request(body, query, match, mark(key, caller.id, parsing.fingerprint(body)), caller, token)


def _show(door: Door, incoming: Any, result: Any) -> Response:
    version = getattr(result, "version", None)
    headers = {} if version is None else {"ETag": conditions.etag(version)}
    if door.location:
        headers["Location"] = door.location.format(id=result.id)
    unchanged = incoming.headers.get("if-none-match") if door.method == "GET" else None
    if version is not None and conditions.is_current(unchanged, version):
        return http.empty(304, headers)
    if door.gives is None:
        return http.empty(door.status, {})
    return http.shown(result, door.gives, door.status, headers)


def _id(incoming: Any) -> str:
    """The id under which logs and answers have this call."""
    return str(incoming.lambda_context.aws_request_id)
