"""What orders tells the others: each fact carries the whole public state of the order."""

from datetime import datetime
from typing import Literal

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


class OrderPlaced(_Order):
    """An order waits for its stock; told again, at a higher version, while no answer comes."""


class OrderConfirmed(_Order):
    """An order has its stock."""


class OrderRejected(_Order):
    """An order can not be fulfilled: `shortages` says what there was too little of."""


class OrderCancelled(_Order):
    """An order gives back what it held; told again while nobody says that it did."""


FACTS: tuple[type, ...] = (OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled)
