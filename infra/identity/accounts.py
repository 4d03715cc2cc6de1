"""Whose requests are sent: accounts that sign in when they have to, as clients of the shop do."""

import threading
from collections.abc import Generator

import httpx

from infra.shop import Unreachable, accepted, away, send

_UNAUTHENTICATED, _TOO_MANY = 401, 429
Flow = Generator[httpx.Request, httpx.Response, None]


class Account(httpx.Auth):
    """Signs in before its first request, and again when its token is no longer good; for any number of threads.

    A sign-in that is refused is the answer to the request.
    """

    requires_response_body = True

    def __init__(self, shop: httpx.Client, email: str, password: str) -> None:
        self._shop, self._who = shop, {"email": email, "password": password}
        self._lock = threading.Lock()
        self._token: str | None = None

    def auth_flow(self, request: httpx.Request) -> Flow:
        worn = None
        for _ in range(2):
            with self._lock:
                if self._token == worn:  # nobody else has signed in meanwhile
                    answer = yield self._shop.build_request("POST", "/sessions", json=self._who)
                    self._token = str(answer.json()["access_token"]) if answer.is_success else None
                worn = self._token
            if worn is None:
                return
            request.headers["Authorization"] = f"Bearer {worn}"
            answer = yield request
            if answer.status_code != _UNAUTHENTICATED:
                return


class Bearer(httpx.Auth):
    """Shows a token that somebody else got."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Flow:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def sign_up(shop: httpx.Client, email: str, name: str, password: str) -> Account:
    """Opens an account; one that there is already stays as it is. Raises Refused, Unreachable."""
    answer = send(shop, "POST", "/customers", json={"email": email, "name": name, "password": password})
    if answer.status_code != _TOO_MANY:  # it was opened, and more than once
        accepted(answer)
    return Account(shop, email, password)


def sign_in(shop: httpx.Client, email: str, password: str) -> str:
    """An access token; raises Refused, or Unreachable."""
    try:
        answer = shop.post("/sessions", json={"email": email, "password": password})
        return str(accepted(answer)["access_token"])
    except httpx.TransportError as error:
        raise away(str(shop.base_url), error) from None
    except (KeyError, ValueError):
        raise Unreachable(f"there is no shop at {shop.base_url}: POST /sessions gave no token") from None
