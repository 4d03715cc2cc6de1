"""The shop as its clients see it: the few requests that fill it and buy from it, each safe to send again."""

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from infra.demo.files import Product
from infra.demo.orders import Order

CURRENCY = "USD"
_PASSING = {502, 503, 504}
_RESTART_SECONDS = 15.0  # how long a part of the shop may be away
_PAUSE_SECONDS = 0.25
_NOT_HEARD_OF = re.compile(r"urn:emporium:problem:(customer-unknown|product-not-for-sale)")


class Unreachable(Exception):
    """Nothing answers there, or no shop does."""


class Refused(Exception):
    """The shop's own no: the text has its reason; `not_yet` where only its news of others may be late."""

    def __init__(self, asked: str, answer: httpx.Response) -> None:
        problem = _problem(answer)
        reason = problem.get("detail") or problem.get("title") or "without saying why"
        super().__init__(f"{asked} was answered {answer.status_code}: {reason}")
        self.status, self.title = answer.status_code, str(problem.get("title") or f"HTTP {answer.status_code}")
        self.not_yet = bool(_NOT_HEARD_OF.fullmatch(str(problem.get("type"))))


@contextmanager
def connect(url: str, clients: int) -> Iterator[httpx.Client]:
    """A client for that many threads; raises Unreachable where no shop answers."""
    try:
        local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
        shop = httpx.Client(base_url=url, limits=limits, timeout=35, trust_env=not local)
        answer = shop.get("/products", params={"limit": 1})
    except (httpx.TransportError, httpx.InvalidURL, ValueError) as error:
        raise Unreachable(f"the shop at {url} can not be reached: {error}") from None
    with closing(shop):
        if answer.status_code not in {200, *_PASSING}:
            raise Unreachable(f"there is no shop at {url}: GET /products was answered {answer.status_code}")
        yield shop


def add_product(shop: httpx.Client, product: Product) -> bool:
    """Whether the product is new; one that is there already stays as it is."""
    attributes = {"brand": product.brand, "package_size": product.package_size, "department": product.department}
    body = {
        "sku": product.id,
        "name": readable(product.name),
        "price": {"amount": product.price_cents, "currency": CURRENCY},
        "attributes": {name: value for name, value in attributes.items() if value},
    } | ({"category": product.category} if product.category else {})
    answer = _send(shop, "POST", "/products", json=body)
    if answer.status_code == 409:
        return False
    _accepted(answer, "POST /products")
    return True


def stock_product(shop: httpx.Client, sku: str, units: int) -> None:
    """Gives the product its opening stock, once."""
    path = f"/products/{sku}/stock-adjustments"
    headers = {"Idempotency-Key": f"opening-stock-{units}"}
    answer = _send(shop, "POST", path, json={"delta": units, "reason": "opening stock"}, headers=headers)
    _accepted(answer, f"POST {path}")


def register(shop: httpx.Client, household: str) -> str:
    """The customer's id; a household that was registered before is the same customer."""
    body = {"email": f"household-{household}@example.com", "name": f"Household {household}"}
    answer = _send(shop, "POST", "/customers", json=body, headers={"Idempotency-Key": f"household-{household}"})
    return str(_accepted(answer, "POST /customers")["id"])


def place(shop: httpx.Client, order: Order, customer: str, run: str) -> str:
    """The id under which the shop took the order; raises Refused."""
    lines = [{"sku": sku, "quantity": units} for sku, units in order.lines.items()]
    headers = {"Idempotency-Key": f"{run}-{order.id}"}
    answer = _send(shop, "POST", "/orders", json={"customer_id": customer, "lines": lines}, headers=headers)
    return str(_accepted(answer, "POST /orders")["id"])


def look(shop: httpx.Client, id: str, seen: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """The order and the version (ETag) it has now; no order where that is still the one that was `seen`."""
    answer = _send(shop, "GET", f"/orders/{id}", headers={"If-None-Match": seen} if seen else {})
    if answer.status_code == 304:
        return None, seen
    return _accepted(answer, f"GET /orders/{id}"), answer.headers.get("ETag")


def readable(name: str) -> str:
    """BREAD:ITALIAN/FRENCH is for machines; Bread: Italian/French is for people."""
    words = re.sub(r":(?=\S)", ": ", name.strip()).lower()
    return re.sub(r"(?<![0-9a-z'])[a-z]", lambda first: first[0].upper(), words)


def _send(shop: httpx.Client, method: str, path: str, **parts: Any) -> httpx.Response:
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


def _accepted(answer: httpx.Response, asked: str) -> dict[str, Any]:
    if not answer.is_success:
        raise Refused(asked, answer)
    body: dict[str, Any] = answer.json()
    return body


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
