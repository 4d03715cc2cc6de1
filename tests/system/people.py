"""People at the running shop: they sign up and in over HTTP, as everybody does."""

from collections.abc import Generator
from typing import Any

import httpx

PASSWORD = "Correct-Horse-9-Battery"


class Person(httpx.Auth):
    """Somebody with an account: a request that has them as its `auth` shows the token of their last sign-in."""

    def __init__(self, http: httpx.Client, email: str, password: str = PASSWORD) -> None:
        self._http, self.email, self.password = http, email, password
        self.session: dict[str, Any] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.session:
            self.sign_in()
        request.headers["Authorization"] = f"Bearer {self.session['access_token']}"
        yield request

    @property
    def id(self) -> str:
        return str(self._http.get("/customers/me", auth=self).json()["id"])

    def sign_up(self) -> httpx.Response:
        name = self.email.partition("@")[0].title()
        return self._post("/customers", {"email": self.email, "name": name, "password": self.password})

    def try_to_sign_in(self) -> httpx.Response:
        return self._post("/sessions", {"email": self.email, "password": self.password})

    def sign_in(self) -> "Person":
        answer = self.try_to_sign_in()
        assert answer.status_code == 200, answer.text
        self.session = answer.json()
        return self

    def refresh(self) -> httpx.Response:
        return self._post("/sessions/refresh", {"refresh_token": self.session["refresh_token"]})

    def sign_out_everywhere(self) -> None:
        assert self._http.delete("/sessions", auth=self).status_code == 204

    def _post(self, path: str, body: dict[str, str]) -> httpx.Response:
        return self._http.post(path, json=body)
