"""Places orders as their households' clients would, and waits for what becomes of each."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from infra.demo.crowd import each
from infra.demo.orders import Order
from infra.demo.shop import look, not_yet, place
from infra.demo.summary import Outcome
from infra.shop import Refused

NEWS_SECONDS = 20.0  # until orders has heard of a new customer or product
ANSWER_SECONDS = 150.0  # until an order is confirmed or not: twice what a message of a killed worker takes to return
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 1.0  # whoever asks all the time slows down what is asked for


@dataclass
class Play:
    """Orders on their way to an outcome; `customers` are the accounts of the households."""

    shop: httpx.Client
    customers: Mapping[str, httpx.Auth]
    run: str
    under_way: set[str] = field(default_factory=set)  # placed, and nobody knows what became of them

    def outcomes(self, orders: tuple[Order, ...], clients: int) -> Iterator[Outcome]:
        """What became of the orders, as it is known; ends early when one waits too long, for so would all others."""
        for outcome in each(self._buy, orders, clients):
            self.under_way.discard(outcome.order)
            yield outcome
            if outcome.status == "waiting":
                return

    def unfinished(self) -> list[Outcome]:
        """The orders that were placed and whose outcome nobody has heard yet."""
        return [Outcome(order, "waiting") for order in sorted(self.under_way)]

    def _buy(self, order: Order) -> Outcome:
        try:
            customer = self.customers[order.household]
            return self._settled(order, self._place(order, customer), customer)
        except Refused as refused:
            return Outcome(order.id, "refused", reason=refused.title)

    def _place(self, order: Order, customer: httpx.Auth) -> str:
        """The order's id in the shop, which may have to hear of the customer and the products first."""
        until = time.monotonic() + NEWS_SECONDS
        self.under_way.add(order.id)
        for pause in _pauses():
            try:
                return place(self.shop, order, customer, self.run)
            except Refused as refused:
                if not not_yet(refused) or time.monotonic() > until:
                    raise
            time.sleep(pause)
        raise AssertionError("the pauses never end")

    def _settled(self, order: Order, id: str, customer: httpx.Auth) -> Outcome:
        seen, until = None, time.monotonic() + ANSWER_SECONDS
        for pause in _pauses():
            time.sleep(pause)
            found, seen = look(self.shop, id, customer, seen)
            if found and found["status"] != "placed":
                return _outcome(order.id, found)
            if time.monotonic() > until:
                return Outcome(order.id, "waiting")
        raise AssertionError("the pauses never end")


def _outcome(order: str, found: Mapping[str, Any]) -> Outcome:
    """The seconds are between the shop's own two times, so that they do not depend on when somebody looks."""
    placed, settled = (datetime.fromisoformat(found[name]) for name in ("placed_at", "changed_at"))
    short = tuple(shortage["sku"] for shortage in found.get("shortages", ()))
    return Outcome(order, found["status"], (settled - placed).total_seconds(), found.get("reason"), short)


def _pauses() -> Iterator[float]:
    """Short at first, for most answers come soon; longer the longer nothing comes."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.5, _LONGEST_PAUSE)
