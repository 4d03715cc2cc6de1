"""A customer's whole visit to a running shop: each step holds what happens against what the shop promises."""

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from chassis import browsers
from infra.demo.shop import not_yet
from infra.identity.accounts import Account, sign_up
from infra.shop import Refused, accepted, request_id, send

T = TypeVar("T")
Step = tuple[str, Callable[[], str]]
Stock = tuple[int, int, int]
PROBLEM = "application/problem+json"
_LOOKED_AT = 20  # products, for one that nobody else orders just now
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0


class Wrong(Exception):
    """The shop answered, and not as it promises; `request_id` as for Refused."""

    def __init__(self, what: str, answer: httpx.Response | None = None) -> None:
        super().__init__(what)
        self.request_id = "" if answer is None else request_id(answer)


@dataclass(frozen=True)
class Shop:
    """Where each capability answers; behind a front door all at one place."""

    customers: httpx.Client
    orders: httpx.Client
    products: httpx.Client


@dataclass
class Visit:
    """One visit; without an `account` it opens its own, and closes it. `patience` is in seconds, for each wait."""

    shop: Shop
    patience: float
    sku: str | None = None
    account: httpx.Auth | None = None
    key: str = field(default_factory=lambda: f"smoke-{uuid.uuid4().hex}")
    password: str = field(default_factory=lambda: f"Smoke-1-{secrets.token_urlsafe(24)}", repr=False)
    before: Stock = (0, 0, 0)
    order: str = ""
    _undo: list[Step] = field(default_factory=list)

    @property
    def email(self) -> str:
        """Of the account that the visit opens: of a domain that never gets mail (RFC 2606)."""
        return f"{self.key}@example.com"

    def steps(self) -> list[Step]:
        """In their order; a step gives a few words on what it found, and raises Wrong, Refused or Unreachable."""
        opens, closes = (
            (("sign up", self._sign_up), ("close the account", self._close)) if not self.account else ((), ())
        )
        steps = [
            ("what anybody sees", self._look_around),
            opens,
            ("sign in", self._sign_in),
            ("find a product", self._find),
            ("place an order", self._place),
            ("send the order again", self._place_again),
            ("wait until it is confirmed", self._await),
            ("cancel it", self._cancel),
            ("wait until the stock is back", self._await_stock),
            closes,
        ]
        return [step for step in steps if step]

    def undo(self) -> list[Step]:
        """What is still to be taken back, in the order in which to do it."""
        return list(reversed(self._undo))

    def _look_around(self) -> str:
        listed = accepted(answer := send(self.shop.products, "GET", "/products", params={"limit": 1}))
        missing = [name for name in browsers.protected(shared=True) if name not in answer.headers]
        _hold(not missing, f"GET /products has no header {', '.join(missing)}", answer)
        _no(send(self.shop.products, "GET", f"/products/{self.key}"), 404)
        _no(send(self.shop.orders, "GET", "/orders"), 401)
        for product in listed["items"]:
            self._ask_for_changes(f"/products/{product['sku']}")
        return "headers and problem documents are right"

    def _ask_for_changes(self, path: str) -> None:
        answer = send(self.shop.products, "GET", path)
        accepted(answer)
        version = answer.headers.get("ETag", "")
        _hold(bool(version), f"GET {path} has no ETag", answer)
        again = send(self.shop.products, "GET", path, headers={"If-None-Match": version})
        _hold(again.status_code == 304, f"GET {path} with its ETag was answered {again.status_code}, not 304", again)

    def _sign_up(self) -> str:
        self.account = Account(self.shop.customers, self.email, self.password)
        self._undo.append(("close the account", self._close_if_there))
        sign_up(self.shop.customers, self.email, "Smoke", self.password)
        return self.email

    def _sign_in(self) -> str:
        me = accepted(self._ask("customers", "GET", "/customers/me"))
        _hold(me["status"] == "active", f"the customer {me['id']} is {me['status']}")
        return str(me["id"])

    def _find(self) -> str:
        """One that nobody has reserved, so that its figures are moved by this visit alone; else any that is there."""
        there = [self.sku] if self.sku else self._listed()
        stocks = ((sku, self._stock(sku)) for sku in there)
        found = [(sku, stock) for sku, stock in stocks if stock[2] > 0]
        if not found:
            raise Wrong(
                f"of {', '.join(there) or 'no product'} nothing can be ordered: give one stock, or name it by --sku"
            )
        self.sku, self.before = min(found, key=lambda each: each[1][1] > 0)
        return f"{self.sku}, of which {self.before[2]} are available"

    def _listed(self) -> list[str]:
        listed = accepted(send(self.shop.products, "GET", "/products", params={"limit": _LOOKED_AT}))
        return [str(product["sku"]) for product in listed["items"]]

    def _place(self) -> str:
        """The shop may have to hear of the customer and the product first."""
        self._undo.append(("cancel the order", self._cancel_if_there))
        self.order = self._until(self._placed, "orders has not heard of the customer and the product")
        return self.order

    def _place_again(self) -> str:
        again = self._send_order()
        _hold(again == self.order, f"the same order with the same key is another one: {again}")
        return "it is the same one"

    def _placed(self) -> str | None:
        try:
            return self._send_order()
        except Refused as refused:
            if not_yet(refused):
                return None
            raise

    def _send_order(self) -> str:
        wanted = {"lines": [{"sku": self.sku, "quantity": 1}]}
        answer = self._ask("orders", "POST", "/orders", json=wanted, headers={"Idempotency-Key": self.key})
        return str(accepted(answer)["id"])

    def _await(self) -> str:
        found = self._until(self._settled, "it is still placed: no answer came of its stock")
        reason = f", {found['reason']}" if "reason" in found else ""
        _hold(found["status"] == "confirmed", f"the order {self.order} is {found['status']}{reason}")
        return f"version {found['version']}"

    def _settled(self) -> dict[str, Any] | None:
        found = accepted(self._ask("orders", "GET", f"/orders/{self.order}"))
        return None if found["status"] == "placed" else found

    def _cancel(self) -> str:
        cancelled = accepted(answer := self._ask("orders", "POST", f"/orders/{self.order}/cancel"))
        _hold(cancelled["status"] == "cancelled", f"the order {self.order} is {cancelled['status']}", answer)
        self._undo = [step for step in self._undo if step[1] != self._cancel_if_there]
        return f"version {cancelled['version']}"

    def _await_stock(self) -> str:
        self._until(self._is_back, f"fewer of {self.sku} are available than the {self.before[2]} before the order")
        return f"{self.before[2]} are available"

    def _is_back(self) -> bool | None:
        return self._stock(str(self.sku))[2] >= self.before[2] or None

    def _stock(self, sku: str) -> Stock:
        """On hand, reserved, available."""
        stock = accepted(answer := send(self.shop.products, "GET", f"/products/{sku}/stock"))
        figures = stock["on_hand"], stock["reserved"], stock["available"]
        _hold(figures[0] == figures[1] + figures[2], f"the stock of {sku} does not add up: {figures}", answer)
        return figures

    def _close(self) -> str:
        answer = self._ask("customers", "GET", "/customers/me")
        accepted(answer)
        gone = self._ask("customers", "DELETE", "/customers/me", headers={"If-Match": answer.headers["ETag"]})
        if not gone.is_success:
            raise Refused(gone)
        self._undo = [step for step in self._undo if step[1] != self._close_if_there]
        return self.email

    def _cancel_if_there(self) -> str:
        """Of an order whose answer was lost nobody knows the id: with the same key it is told again."""
        try:
            self.order = self.order or self._send_order()
            return self._cancel()
        except Refused as refused:
            if refused.kind in ("order-was-rejected", "no-such-order") or (not self.order and not_yet(refused)):
                return "there is nothing to cancel"
            raise

    def _close_if_there(self) -> str:
        try:
            return self._close()
        except Refused as refused:
            if refused.status in (401, 404):
                return "there is none"
            raise

    def _ask(self, capability: str, method: str, path: str, **parts: Any) -> httpx.Response:
        return send(getattr(self.shop, capability), method, path, auth=self.account, **parts)

    def _until(self, look: Callable[[], T | None], else_: str) -> T:
        """What is found, looked for again and again; raises Wrong once the patience is over."""
        until = time.monotonic() + self.patience
        for pause in _pauses():
            if (found := look()) is not None:
                return found
            if time.monotonic() + pause > until:
                break
            time.sleep(pause)
        raise Wrong(f"{else_}, after {self.patience:.0f} s")


def _pauses() -> Iterator[float]:
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _hold(is_so: bool, else_: str, answer: httpx.Response | None = None) -> None:
    if not is_so:
        raise Wrong(else_, answer)


def _no(answer: httpx.Response, status: int) -> None:
    """Holds that the answer is a no of that status, as a problem document."""
    asked, kind = f"{answer.request.method} {answer.request.url.path}", answer.headers.get("content-type", "nothing")
    _hold(answer.status_code == status, f"{asked} was answered {answer.status_code}, not {status}", answer)
    _hold(kind.partition(";")[0] == PROBLEM, f"{asked} was answered with {kind}, not a problem document", answer)
    body: Any = None
    with suppress(ValueError):
        body = answer.json()
    whole = isinstance(body, dict) and body.keys() >= {"type", "title", "status", "detail", "instance"}
    _hold(whole, f"{asked} was answered with a problem document that is not whole", answer)
