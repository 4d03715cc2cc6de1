"""The ways of an order on which every fault is tried: each short, each the same whenever it is gone.

What a way needs is there before it begins, made without any fault. `ends` is how its orders end where nothing happens.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.simulation.answers import Answers
from tests.simulation.people import STAFF, People
from tests.simulation.persons import person
from tests.simulation.rest import is_quiet
from tests.simulation.world import Outage, World

HOUR = 3600.0
PRICE = {"amount": 5000, "currency": "USD"}
LONGEST = 600.0  # seconds between two looks whether all is at rest


@dataclass(frozen=True)
class Path:
    """A way: `stock` is what there is at its beginning, None where there is no shop yet, and `buyers` who can order."""

    walk: Callable[["Walk"], None]
    ends: dict[str, int]
    stock: int | None
    buyers: Sequence[str]


PATHS: dict[str, Path] = {}
Walker = Callable[["Walk"], None]


def path(stock: int | None = 2, buyers: Sequence[str] = ("c0",), **ends: int) -> Callable[[Walker], Walker]:
    """Lists a way by its name, as a sentence."""

    def listed(walk: Walker) -> Walker:
        PATHS[walk.__name__.replace("_", " ")] = Path(walk, ends, stock, buyers)
        return walk

    return listed


class Walk(People):
    """Whoever goes one way; `begin` is called where the shop is ready and faults may begin."""

    def __init__(self, way: Path, begin: Callable[[], None], world: World, answers: Answers) -> None:
        self.way, self._begin = way, begin
        super().__init__(world, answers)

    def _all(self) -> None:
        self.skus, self.names = ["p0"], list(self.way.buyers)
        self._start("way", self._go)

    def _go(self) -> None:
        if self.way.stock is not None:
            self.open(self.way.stock)
        self._begin()
        self.way.walk(self)
        self.settle()

    def open(self, stock: int) -> None:
        """A product with its stock and customers, and all who listen know of them."""
        self.insist(STAFF, "POST", "/products", {"sku": "p0", "name": "P0", "price": self._price()}, key="add")
        self._adjust("p0", stock)
        for name in self.names:
            self.insist(f"customer:{name}", "PUT", "/customers/me", person(name))
        self.settle()

    def settle(self) -> None:
        """Waits until nothing is under way; what goes on until then can still go wrong."""
        pause = 1.0
        while not is_quiet(self.world):
            self.wait(pause)
            pause = min(2 * pause, LONGEST)

    def wait(self, seconds: float) -> None:
        self.world.scheduler.sleep(seconds)

    def at_once(self, run: Callable[[], object]) -> None:
        """Lets somebody else do that meanwhile."""
        self._start("meanwhile", run)

    def buy(self, quantity: int, buyer: str = "c0", key: str = "buy") -> str | None:
        """The order's id, if it was placed."""
        body = {"lines": [{"sku": "p0", "quantity": quantity}]}
        answer = self.insist(f"customer:{buyer}", "POST", "/orders", body, key=key)
        return answer.body["id"] if answer and answer.done else None

    def ask_once(self, quantity: int, buyer: str = "c0", key: str = "buy") -> None:
        """The same, and no is taken for an answer."""
        body = {"lines": [{"sku": "p0", "quantity": quantity}]}
        self.ask(f"customer:{buyer}", "POST", "/orders", body, key=key)

    def cancel(self, id: str | None, by: str = "customer:c0") -> None:
        if id:
            self.insist(by, "POST", f"/orders/{id}/cancel")

    def shut(self, way: str, seconds: float) -> None:
        now = self.world.scheduler.now
        self.world.outages.append(Outage(way, now, now + seconds))

    def patch(self, **changes: Any) -> None:
        self.insist(STAFF, "PATCH", "/products/p0", changes, match="*")

    def set_aside(self, inbox: str) -> None:
        """What waits in an inbox goes to its dead letters, as if it could not be heard."""
        queue = self.world.inboxes[inbox]
        assert queue.dead
        for message in queue.waiting:
            queue.dead.put(message.body)
        queue.waiting.clear()


def of(name: str, begin: Callable[[], None]) -> Callable[[World, Answers], People]:
    """Whoever goes that way, for tests.simulation.run."""
    return partial(Walk, PATHS[name], begin)


@path(stock=None)
def a_shop_opens(shop: Walk) -> None:
    shop.open(2)


@path(confirmed=1)
def an_order_is_confirmed(shop: Walk) -> None:
    shop.buy(2)


@path(out_of_stock=1)
def an_order_is_refused(shop: Walk) -> None:
    shop.buy(4)


@path(by_customer=1)
def an_order_is_cancelled_before_it_is_answered(shop: Walk) -> None:
    shop.shut("products-inbox", 4.0)
    shop.cancel(shop.buy(2))


@path(by_customer=1)
def a_cancellation_meets_the_confirmation(shop: Walk) -> None:
    shop.shut("orders-inbox", 4.0)
    id = shop.buy(2)
    shop.wait(3.9)
    shop.cancel(id)


@path(by_customer=1)
def an_order_that_was_confirmed_is_cancelled(shop: Walk) -> None:
    id = shop.buy(2)
    shop.settle()
    shop.cancel(id)


@path(by_staff=1)
def an_order_is_cancelled_by_two_at_once(shop: Walk) -> None:
    id = shop.buy(2)
    shop.at_once(lambda: shop.cancel(id, STAFF))
    shop.cancel(id, STAFF)


@path(by_customer=1)
def a_cancellation_overtakes_its_order(shop: Walk) -> None:
    shop.shut("products-inbox", 4.0)
    id = shop.buy(2)
    shop.wait(3.0)
    for message in shop.world.inboxes["products"].waiting:
        message.visible += 30.0
    shop.cancel(id)


@path(confirmed=1)
def an_order_is_sent_twice_at_once(shop: Walk) -> None:
    shop.at_once(lambda: shop.ask_once(2))
    shop.buy(2)


@path(confirmed=1)
def a_key_is_used_for_another_order(shop: Walk) -> None:
    shop.buy(1)
    shop.ask_once(2)


@path()
def a_key_is_used_for_another_product(shop: Walk) -> None:
    shop.insist(STAFF, "POST", "/products", {"sku": "p1", "name": "P1", "price": PRICE}, key="more")
    shop.ask(STAFF, "POST", "/products", {"sku": "p2", "name": "P2", "price": PRICE}, key="more")


@path()
def a_key_is_used_for_another_count(shop: Walk) -> None:
    for delta in (3, 3, 4):
        body = {"delta": delta, "reason": "count"}
        shop.ask(STAFF, "POST", "/products/p0/stock-adjustments", body, key="count")


@path(stock=1, buyers=("c0", "c1"), confirmed=1, out_of_stock=1)
def two_orders_want_the_last_one(shop: Walk) -> None:
    shop.at_once(lambda: shop.buy(1, "c1"))
    shop.buy(1)


@path(out_of_stock=1)
def stock_is_lost_while_an_order_wants_it(shop: Walk) -> None:
    shop.shut("products-inbox", 0.3)  # the loss is mostly there before the question
    shop.at_once(lambda: shop._adjust("p0", -1))
    shop.buy(2)


@path()
def some_adjust_one_stock_at_once(shop: Walk) -> None:
    for delta in (1, 2, -1):
        shop.at_once(partial(shop._adjust, "p0", delta))


@path(confirmed=1)
def a_question_is_lost(shop: Walk) -> None:
    shop.shut("products-inbox", 4.0)
    shop.buy(2)
    shop.wait(3.0)
    shop.set_aside("products")


@path(confirmed=1)
def an_answer_is_lost(shop: Walk) -> None:
    shop.shut("orders-inbox", 4.0)
    shop.buy(2)
    shop.wait(3.0)
    shop.set_aside("orders")


@path(by_customer=1)
def a_cancellation_is_lost_with_its_stream(shop: Walk) -> None:
    """It asks again once the stream is on, which then has it no more; the answer to what was placed comes first."""
    os.environ["ORDERS_ASK_AFTER_SECONDS"] = str(int(26 * HOUR))
    shop.shut("orders-inbox", 10.0)
    id = shop.buy(2)
    shop.wait(4.0)
    shop.shut("orders-stream", 25 * HOUR)
    shop.cancel(id)


@path(by_customer=1)
def a_confirmed_order_is_cancelled_and_that_is_lost(shop: Walk) -> None:
    """With its stream; only since it asks again does its stock come back."""
    id = shop.buy(2)
    shop.settle()
    os.environ["ORDERS_ASK_AFTER_SECONDS"] = str(int(26 * HOUR))
    shop.shut("orders-stream", 25 * HOUR)
    shop.cancel(id)


@path(timed_out=1)
def an_order_times_out(shop: Walk) -> None:
    """It asks for the first time at its deadline, so that the way is short."""
    os.environ["ORDERS_ASK_AFTER_SECONDS"] = str(int(24 * HOUR))
    shop.shut("products-inbox", 27 * HOUR)
    shop.buy(2)


@path(confirmed=1)
def the_price_changes_midway(shop: Walk) -> None:
    shop.at_once(lambda: shop.patch(price=PRICE))
    shop.buy(2)


@path(confirmed=1)
def the_product_is_archived_midway(shop: Walk) -> None:
    shop.at_once(lambda: shop.patch(status="archived", price=PRICE))  # two facts of one write
    shop.ask_once(2)


@path(confirmed=1)
def the_customer_is_deactivated_midway(shop: Walk) -> None:
    shop.at_once(lambda: shop.insist("customer:c0", "DELETE", "/customers/me", match="*"))
    shop.ask_once(2)


@path(confirmed=1)
def the_customer_is_erased_midway(shop: Walk) -> None:
    shop.at_once(lambda: shop.insist("customer:c0", "DELETE", "/customers/me/personal-data", match="*"))
    shop.ask_once(2)
    shop.ask("customer:c0", "PUT", "/customers/me", person("c0"))
    shop.wait(3.0)
    shop.ask_once(1, key="again")


@path(confirmed=1)
def the_customer_signs_out_midway(shop: Walk) -> None:
    shop.at_once(lambda: shop.insist("customer:c0", "DELETE", "/sessions"))
    shop.ask_once(2)
