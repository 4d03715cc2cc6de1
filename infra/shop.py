"""A running shop over HTTP: how it is reached, that a part may be away for a moment, and its no as an exception."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

_PASSING = {502, 503, 504}
_RESTART_SECONDS = 15.0  # how long a part of the shop may be away
_PAUSE_SECONDS = 0.25


class Unreachable(Exception):
    """Nothing answers there, or no shop does."""


class Refused(Exception):
    """The shop's own no: the text has its reason; `kind` is what kind of problem it is (RFC 9457, its type).

    `request_id` is what the logs have the request under ("" where the answer does not tell).
    """

    def __init__(self, answer: httpx.Response) -> None:
        problem, asked = _problem(answer), answer.request  # of an account it may be the sign-in that was refused
        reason = problem.get("detail") or problem.get("title") or "without saying why"
        super().__init__(f"{asked.method} {asked.url.path} was answered {answer.status_code}: {reason}")
        self.status, self.title = answer.status_code, str(problem.get("title") or f"HTTP {answer.status_code}")
        self.kind = str(problem.get("type", "")).removeprefix("urn:emporium:problem:")
        self.request_id = request_id(answer)


def is_local(url: str) -> bool:
    """Whether it names no other machine; what is no URL names none."""
    try:
        return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1", None)
    except ValueError:
        return True


def client(url: str, clients: int) -> httpx.Client:
    """A client for that many threads; raises Unreachable for what is no URL."""
    if not url.startswith(("http://", "https://")):
        raise Unreachable(f"the shop at {url} can not be reached: a URL begins with http:// or https://")
    try:
        if not urlsplit(url).hostname:
            raise ValueError("the URL names no host")
        limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
        return httpx.Client(base_url=url, limits=limits, timeout=35, trust_env=not is_local(url))
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(f"the shop at {url} can not be reached: {error}") from None


def away(url: str, error: Exception) -> Unreachable:
    """Nothing answers at the address; on this machine it is said how that is changed."""
    hint = "; `emporium up` starts one" if is_local(url) else ""
    return Unreachable(f"the shop at {url} can not be reached: {error}{hint}")


@contextmanager
def connect(url: str, clients: int) -> Iterator[httpx.Client]:
    """A client for that many threads; raises Unreachable where no shop answers."""
    with client(url, clients) as shop:
        try:
            answer = shop.get("/products", params={"limit": 1})
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise away(url, error) from None
        if answer.status_code not in {200, *_PASSING}:
            raise Unreachable(f"there is no shop at {url}: GET /products was answered {answer.status_code}")
        yield shop


def send(shop: httpx.Client, method: str, path: str, **parts: Any) -> httpx.Response:
    """The answer; a part of the shop that is away for some seconds is asked again. Raises Unreachable."""
    until = time.monotonic() + _RESTART_SECONDS
    while True:
        try:
            answer = shop.request(method, path, **parts)
            if answer.status_code not in _PASSING or time.monotonic() > until:
                return answer
        except httpx.TransportError as error:
            if time.monotonic() > until:
                raise Unreachable(f"the shop at {shop.base_url} no longer answers: {error}") from None
        time.sleep(_PAUSE_SECONDS)


def request_id(answer: httpx.Response) -> str:
    """Under what id the logs have the request: as a problem's `instance` tells, or AWS in a header; "" for neither."""
    instance = str(_problem(answer).get("instance", ""))
    if instance.startswith("urn:uuid:"):
        return instance.removeprefix("urn:uuid:")
    return str(answer.headers.get("x-amzn-requestid", ""))


def accepted(answer: httpx.Response) -> dict[str, Any]:
    """What was answered; raises Refused."""
    if not answer.is_success:
        raise Refused(answer)
    body: dict[str, Any] = answer.json()
    return body


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
