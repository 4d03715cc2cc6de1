"""What comes in and goes out of orders: bodies, queries, answers, and the parts of others' events that it reads."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.orders.model import Money, Reason, Shortage, Status

# (?![\s\S]) is "the end" in every dialect of regular expressions; $ would let a line feed through in some.
Id = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}(?![\s\S])")]
CustomerId = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,128}(?![\s\S])")]
Quantity = Annotated[int, Meta(ge=1, le=1000)]


class WantedLine(Struct, frozen=True, forbid_unknown_fields=True):
    """So many of a product."""

    sku: Id
    quantity: Quantity


class PlaceOrder(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An order: at most 99 lines, for all of them are reserved in one DynamoDB transaction of at most 100 items.

    It is whoever's is signed in; staff, and nobody else, gives the `customer_id`.
    """

    lines: Annotated[tuple[WantedLine, ...], Meta(min_length=1, max_length=99)]
    customer_id: CustomerId | None = None


class ListOrders(Struct, frozen=True, forbid_unknown_fields=True):
    """A customer's orders, the newest first; staff gives the `customer_id`."""

    customer_id: CustomerId | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, Meta(max_length=1000)] | None = None


class Line(Struct, frozen=True):
    """A line at the price that it had when the order was placed."""

    sku: str
    name: str
    quantity: int
    unit_price: Money
    total: Money


class Order(Struct, frozen=True, omit_defaults=True):
    """An order as it is shown; `reason` says why it was rejected or cancelled, `shortages` what was too little."""

    id: str
    status: Status
    customer_id: str
    lines: tuple[Line, ...]
    total: Money
    version: int
    placed_at: datetime
    changed_at: datetime
    reason: Reason | None = None
    shortages: tuple[Shortage, ...] = ()


class Orders(Struct, frozen=True, omit_defaults=True):
    """A page of orders; `next_cursor` is there while there is more."""

    items: tuple[Order, ...]
    next_cursor: str | None = None


class CustomerTold(Struct, frozen=True):
    """Any fact about a customer, as far as placing an order needs to know."""

    id: str
    status: str


class ProductTold(Struct, frozen=True):
    """Any fact about a product, as far as pricing an order needs to know."""

    sku: str
    name: str
    status: str
    price: Money


class StockAnswered(Struct, frozen=True):
    """An answer about the stock of the order `id`."""

    id: str
    shortages: tuple[Shortage, ...] = ()
