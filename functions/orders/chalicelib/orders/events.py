"""What orders tells the others: each fact carries the whole public state of the order."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct


class Money(Struct):
    """An amount in the currency's minor unit (ISO 4217)."""

    amount: int
    currency: str


class Line(Struct):
    """So many of a product, at the price that it had when the order was placed."""

    sku: str
    name: str
    quantity: int
    unit_price: Money
    total: Money


class Shortage(Struct):
    """A line for which there was too little."""

    sku: str
    wanted: int
    available: int


class _Order(Struct, kw_only=True, omit_defaults=True):
    id: str
    status: Literal["placed", "confirmed", "rejected", "cancelled"]
    customer_id: str
    lines: tuple[Line, ...]
    total: Money
    placed_at: datetime
    changed_at: datetime
    reason: Literal["out_of_stock", "by_customer", "by_staff", "timed_out"] | None = None
    shortages: tuple[Shortage, ...] = ()


class OrderPlaced(_Order, kw_only=True, omit_defaults=True):
    """An order waits for its stock; told again, at a higher version, while no answer comes.

    After `answer_by` it is cancelled, and no answer is wanted any more.
    """

    answer_by: datetime | None = None


class OrderConfirmed(_Order):
    """An order has its stock."""


class OrderRejected(_Order):
    """An order can not be fulfilled: `shortages` says what there was too little of."""


class OrderCancelled(_Order):
    """An order gives back what it held; told again while nobody says that it did."""


FACTS: tuple[type, ...] = (OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled)
STUCK = 3  # an order that asks so often got no answer for seven minutes, and has little hope of one


class Order(Protocol):
    """What an order's measures are taken of."""

    @property
    def placed_at(self) -> datetime: ...

    @property
    def changed_at(self) -> datetime: ...

    @property
    def asked(self) -> int: ...


def measures(order: Order, fact: type) -> dict[str, float]:
    """What it counts as that an order tells a fact; what is only told again is no second order."""
    if fact is OrderConfirmed:
        seconds = (order.changed_at - order.placed_at).total_seconds()
        return {"OrdersConfirmed": 1, "TimeToConfirmationSeconds": seconds}
    if fact is OrderRejected:
        return {"OrdersRejected": 1}
    if order.asked:
        return {"OrdersAskedAgain": 1, "OrdersStuck": int(order.asked >= STUCK)}
    return {"OrdersPlaced" if fact is OrderPlaced else "OrdersCancelled": 1}
