"""A request and a response as values, and how a response looks on the wire."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

Headers = tuple[tuple[str, str], ...]

# They speak of one connection, never of the message: RFC 9110, 7.6.1.
HOP_BY_HOP = frozenset(
    ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"]
)
_FRAMING = HOP_BY_HOP | {"content-length"}


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; the target is as it was sent, still percent-encoded."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    client: str = "127.0.0.1"
    version: str = "HTTP/1.1"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The last value of the header, as API Gateway takes it."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Headers = ()
    body: bytes = b""


Handler = Callable[[Request], Response]


def end_to_end(headers: Iterable[tuple[str, str]]) -> Headers:
    """The headers without those that belong to one connection, and those that `Connection` names."""
    headers = tuple(headers)
    named = {name.strip().lower() for key, value in headers if key.lower() == "connection" for name in value.split(",")}
    return tuple((key, value) for key, value in headers if key.lower() not in HOP_BY_HOP | named)


def wire(response: Response, *, method: str, keep: bool) -> bytes:
    """The response's bytes: one buffer, so that it leaves in one segment and waits for no delayed ACK."""
    lines = [f"HTTP/1.1 {response.status} {phrase(response.status)}"]
    lines += [f"{key}: {value}" for key, value in response.headers if key.lower() not in _FRAMING]
    if not any(key.lower() == "date" for key, _ in response.headers):
        lines.append(f"Date: {_date(int(time.time()))}")
    if response.status >= 200 and response.status not in (204, 304):
        lines.append(f"Content-Length: {_length(response, method)}")
    if not keep:
        lines.append("Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if method == "HEAD" or response.status in (204, 304) else head + response.body


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _length(response: Response, method: str) -> int:
    """A HEAD's answer tells the length that GET would have; one from upstream has no body to count."""
    told = next((value for key, value in response.headers if key.lower() == "content-length"), "")
    return int(told) if method == "HEAD" and not response.body and told.isdecimal() else len(response.body)


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
