"""Places orders as their households' clients would, and waits for what becomes of each."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpx

from infra.demo.crowd import each
from infra.demo.orders import Order
from infra.demo.shop import Refused, look, place
from infra.demo.summary import Outcome

NEWS_SECONDS = 20.0  # until orders has heard of a new customer or product
ANSWER_SECONDS = 60.0  # until an order is confirmed or not; beyond it something is broken
_FIRST_PAUSE, _LONGEST_PAUSE = 0.03, 1.0


@dataclass
class Play:
    """Orders on their way to an outcome; `customers` are the shop's ids of the households."""

    shop: httpx.Client
    customers: Mapping[str, str]
    run: str
    under_way: dict[str, float] = field(default_factory=dict)  # since when, by the order's id

    def outcomes(self, orders: tuple[Order, ...], clients: int) -> Iterator[Outcome]:
        """What became of the orders, as it is known; ends early when one waits too long, for so would all others."""
        for outcome in each(self._buy, orders, clients):
            yield outcome
            if outcome.status == "waiting":
                return

    def unfinished(self) -> list[Outcome]:
        """The orders that were placed and whose outcome nobody has heard yet."""
        return [Outcome(order, "waiting") for order in list(self.under_way)]

    def _buy(self, order: Order) -> Outcome:
        try:
            placed, id = self._place(order)
            outcome = self._settled(order, id, placed)
        except Refused as refused:
            outcome = Outcome(order.id, "refused", reason=refused.title)
        self.under_way.pop(order.id, None)
        return outcome

    def _place(self, order: Order) -> tuple[float, str]:
        """When the request was sent that the shop accepted, and the order's id there."""
        until = time.monotonic() + NEWS_SECONDS
        for pause in _pauses():
            sent = self.under_way[order.id] = time.monotonic()
            try:
                return sent, place(self.shop, order, self.customers[order.household], self.run)
            except Refused as refused:
                if not refused.not_yet or time.monotonic() > until:
                    raise
            time.sleep(pause)
        raise AssertionError("the pauses never end")

    def _settled(self, order: Order, id: str, placed: float) -> Outcome:
        seen = None
        for pause in _pauses():
            found, seen = look(self.shop, id, seen)
            waited = time.monotonic() - placed
            if found and found["status"] != "placed":
                short = tuple(shortage["sku"] for shortage in found.get("shortages", ()))
                return Outcome(order.id, found["status"], waited, found.get("reason"), short)
            if waited > ANSWER_SECONDS:
                return Outcome(order.id, "waiting")
            time.sleep(pause)
        raise AssertionError("the pauses never end")


def _pauses() -> Iterator[float]:
    """Short at first, for most answers come soon; longer the longer nothing comes."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.3, _LONGEST_PAUSE)
