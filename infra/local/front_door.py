"""One port for all apps: each request goes to the app that owns its first path segment, as a CDN does."""

import http.client
import json
import select
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

from infra.local.routes import ANY
from infra.local.web.messages import Headers, Request, Response, end_to_end
from infra.local.web.problems import Refused

HEALTH = "/health"

# RFC 9110, 9.2.2: sent twice they do what they do once.
_IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}
_RETRY = {"Retry-After": "1"}
_ANSWER_SECONDS = 35.0  # above the 29 s after which a gateway gives up itself


class Upstream(Protocol):
    """A running app, or one that is away."""

    @property
    def name(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def up(self) -> bool: ...


@dataclass
class FrontDoor:
    """A handler for the server. `owner` tells whose a segment is; `health` if all is up, and each part."""

    owner: Callable[[str], Upstream | None]
    health: Callable[[], tuple[bool, dict[str, Any]]]
    _connections: "Connections" = field(default_factory=lambda: Connections())

    def __call__(self, request: Request) -> Response:
        if request.path == HEALTH and request.method in ("GET", "HEAD"):
            return self._health()
        segment = unquote(request.path.split("/")[1]) if "/" in request.path else ""
        upstream = self.owner(segment) or self.owner(ANY)
        if upstream is None:
            raise Refused(404, "no app has this path")
        if not upstream.up:
            raise Refused(503, f"{upstream.name} is down at the moment", _RETRY)
        return self._pass_on(request, upstream)

    def close(self) -> None:
        """Lets go of the kept-alive connections to the apps."""
        self._connections.close()

    def _health(self) -> Response:
        healthy, document = self.health()
        headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
        return Response(200 if healthy else 503, headers, json.dumps(document).encode())

    def _pass_on(self, request: Request, upstream: Upstream) -> Response:
        try:
            return self._connections.exchange(upstream.port, request)
        except ConnectionRefusedError:
            raise Refused(503, f"{upstream.name} is down at the moment", _RETRY) from None
        except TimeoutError:
            raise Refused(504, f"{upstream.name} did not answer within {_ANSWER_SECONDS:g} s") from None
        except (OSError, http.client.HTTPException):
            detail = f"{upstream.name} broke off before it answered: it may have done what was asked"
            raise Refused(502, detail) from None


class Connections:
    """Kept-alive connections to the apps, by port."""

    def __init__(self) -> None:
        self._idle: dict[int, deque[http.client.HTTPConnection]] = {}
        self._lock = threading.Lock()

    def exchange(self, port: int, request: Request) -> Response:
        """Sends the request once; a second time only where that is safe: the app restarted in between."""
        connection = self._take(port)
        reused = connection.sock is not None
        try:
            return self._exchange(connection, port, request)
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException):
            if not reused or request.method not in _IDEMPOTENT:
                raise
        return self._exchange(_connect(port), port, request)

    def _exchange(self, connection: http.client.HTTPConnection, port: int, request: Request) -> Response:
        try:
            response = _send(connection, request)
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:  # it would be None after `Connection: close`
            with self._lock:
                self._idle.setdefault(port, deque()).append(connection)
        return response

    def close(self) -> None:
        with self._lock:
            for connection in (each for idle in self._idle.values() for each in idle):
                connection.close()
            self._idle.clear()

    def _take(self, port: int) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                idle = self._idle.get(port)
                connection = idle.pop() if idle else None
            if connection is None:
                return _connect(port)
            if not _was_closed(connection):
                return connection
            connection.close()


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)


def _was_closed(connection: http.client.HTTPConnection) -> bool:
    """An idle connection that can be read has been closed by the other side: nothing else is due on it."""
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


def _send(connection: http.client.HTTPConnection, request: Request) -> Response:
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    for name, value in forwarded(request):
        connection.putheader(name, value.encode("latin-1"))
    connection.endheaders(request.body or None)
    answer = connection.getresponse()
    body = answer.read()
    return Response(answer.status, end_to_end(answer.getheaders()), body)


def forwarded(request: Request) -> Headers:
    """The request's headers as the app gets them: the client's own Host, and who the client is."""
    dropped = {"content-length", "expect", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    kept = [(name, value) for name, value in end_to_end(request.headers) if name.lower() not in dropped]
    before = request.header("x-forwarded-for")
    host = request.header("host") or "localhost"
    if request.header("host") is None:
        kept.append(("Host", host))
    return (
        *kept,
        ("X-Forwarded-For", f"{before}, {request.client}" if before else request.client),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Host", host),
        *((("Content-Length", str(len(request.body))),) if request.body else ()),
    )
