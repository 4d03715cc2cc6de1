"""The shop in one process as clients reach it over HTTP, where an answer can be lost, or be another one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from chalice.config import Config

from infra.apps_in_process import load_apps
from infra.delivery.visit import Shop as Doors
from infra.local.gateway import Gateway
from infra.local.web.messages import Request
from infra.local.web.problems import Refused, problem
from tests.shop import Shop

Fault = Callable[[httpx.Response], httpx.Response]
PROBLEM = {"type": "about:blank", "title": "Broken", "status": 500, "detail": "It broke.", "instance": "urn:uuid:r-1"}


@dataclass
class Floor:
    """A handler of requests; every event has arrived before the next one, unless a capability is down.

    `faults` are by method and pattern of the path: what an answer is turned into, and how often.
    """

    shop: Shop
    faults: dict[str, tuple[Fault, int]] = field(default_factory=dict)

    def doors(self) -> Doors:
        client = httpx.Client(base_url="http://shop.test", transport=httpx.MockTransport(self))
        return Doors(client, client, client)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = f"{request.method} {request.url.path}"
        name = next((name for name in self.faults if re.fullmatch(name, asked)), "")
        fault, times = self.faults.get(name, (None, 0))
        answer = self._ask(request)
        if fault is None or not times:
            return answer
        self.faults[name] = fault, times - 1
        return fault(answer)

    def _ask(self, request: httpx.Request) -> httpx.Response:
        headers = tuple(request.headers.items())
        sent = Request(request.method, request.url.raw_path.decode(), headers, request.read())
        try:
            answer = _gateways()[_owner(request.url.path)](sent)
        except Refused as refused:
            answer = problem(refused, request.url.path)
        self.shop.settle()
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    def left_behind(self) -> list[str]:
        """What a visit that undid itself has not: orders that go on, open accounts, stock that is held."""
        self.shop.settle()
        orders = [each for each in self.shop.everything("orders") if each["pk"]["S"].startswith("order#")]
        customers = [each for each in self.shop.everything("customers") if each["pk"]["S"].startswith("customer#")]
        states = [("cancelled", each) for each in orders] + [("deactivated", each) for each in customers]
        return [each["pk"]["S"] for end, each in states if each["status"]["S"] != end] + self._held()

    def _held(self) -> list[str]:
        stocks = [each for each in self.shop.everything("products") if each["pk"]["S"].startswith("stock#")]
        return [each["pk"]["S"] for each in stocks if each["reserved"]["N"] != "0"]


@cache
def _gateways() -> dict[str, Gateway]:
    return {name: Gateway(module.app, Config()) for name, module in load_apps().items()}


def _owner(path: str) -> str:
    """The capability that has the path."""
    segment = path.split("/")[1]
    return {"sessions": "customers", "catalogue": "products"}.get(segment, segment)


def broken(_: httpx.Response) -> httpx.Response:
    return httpx.Response(500, headers={"content-type": "application/problem+json"}, json=PROBLEM)


def saying(code: int = 200, **changes: Any) -> Fault:
    """The same answer with another status, or parts of its body changed."""

    def change(answer: httpx.Response) -> httpx.Response:
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return httpx.Response(code, headers=headers, json=answer.json() | changes)

    return change


def without(*names: str) -> Fault:
    """The same answer without these headers."""

    def strip(answer: httpx.Response) -> httpx.Response:
        kept = {name: value for name, value in answer.headers.items() if name not in (*names, "content-length")}
        return httpx.Response(answer.status_code, headers=kept, content=answer.content)

    return strip
