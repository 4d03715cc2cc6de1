"""The whole shop as a team runs it: `emporium up` on free ports, driven over HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from infra.identity import PASSWORD, STAFF
from infra.identity.accounts import Account
from tests.infra.runner.calling import eventually
from tests.infra.runner.running import Stack
from tests.system.people import Person

# A message that a killed worker held comes back when its visibility of 60 s is over.
RETURN_SECONDS = 150


class Client:
    """A client of the running shop, and what it needs to know of the parts."""

    def __init__(self, stack: Stack, http: httpx.Client) -> None:
        self.stack, self.http = stack, http
        self.staff = Account(http, STAFF, PASSWORD)

    def health(self) -> dict[str, Any]:
        return dict(self.http.get("/health").json())

    def make(self, path: str, body: dict[str, Any], by: httpx.Auth, **headers: str) -> dict[str, Any]:
        """Posts, and expects that something was made."""
        answer = self.http.post(path, json=body, headers=headers, auth=by)
        assert answer.status_code in (201, 202), answer.text
        return dict(answer.json())

    def product(self, sku: str, stock: int) -> str:
        product = {"sku": sku, "name": sku.title(), "price": {"amount": 349, "currency": "USD"}}
        self.make("/products", product, self.staff)
        self.make(f"/products/{sku}/stock-adjustments", {"delta": stock, "reason": "delivery"}, self.staff)
        return sku

    def customer(self, name: str) -> Person:
        """Somebody who has just signed up and in."""
        person = Person(self.http, f"{name}@example.org")
        answer = person.sign_up()
        assert answer.status_code == 202, answer.text
        return person.sign_in()

    def order(self, by: Person, sku: str, quantity: int = 1, **headers: str) -> str:
        """Places an order as soon as orders has heard of the customer and the product."""
        body = {"lines": [{"sku": sku, "quantity": quantity}]}
        placed = eventually(lambda: _unless_unknown(self.http.post("/orders", json=body, headers=headers, auth=by)))
        assert placed.status_code == 202, placed.text
        return str(placed.json()["id"])

    def outcome(self, order: str) -> dict[str, Any]:
        """The order once it has come to an end, as staff sees it."""
        return dict(
            eventually(lambda: _unless_placed(self.http.get(f"/orders/{order}", auth=self.staff)), RETURN_SECONDS)
        )

    def stock(self, sku: str) -> tuple[int, int, int]:
        """On hand, reserved, available."""
        shown = self.http.get(f"/products/{sku}/stock").json()
        return shown["on_hand"], shown["reserved"], shown["available"]


def _unless_unknown(answer: httpx.Response) -> httpx.Response | None:
    return None if answer.status_code in (403, 422) or answer.status_code >= 500 else answer


def _unless_placed(answer: httpx.Response) -> dict[str, Any] | None:
    return None if answer.status_code >= 500 or answer.json()["status"] == "placed" else dict(answer.json())


@pytest.fixture(scope="session")
def shop() -> Iterator[Client]:
    """One running shop for all tests of a process."""
    stack = Stack(None, "--empty", "--no-reload")
    try:
        with httpx.Client(base_url=stack.until_up().address("front door"), timeout=20) as http:
            yield Client(stack, http)
    finally:
        assert stack.end() == 0
