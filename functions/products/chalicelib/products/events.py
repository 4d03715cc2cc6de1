"""What products tells the others: each fact carries the whole public state of what it is about."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct


class Money(Struct, frozen=True):
    """An amount in the currency's minor unit (ISO 4217)."""

    amount: int
    currency: str


class _Product(Struct, kw_only=True, omit_defaults=True):
    sku: str
    name: str
    price: Money
    status: Literal["draft", "active", "archived"]
    created_at: datetime
    changed_at: datetime
    description: str | None = None
    category: str | None = None
    attributes: dict[str, str] = {}


class ProductAdded(_Product):
    """There is a new product."""


class ProductRevised(_Product):
    """A product's name or description changed."""


class PriceChanged(_Product):
    """A product costs something else from now on."""


class ProductPublished(_Product):
    """A product can be ordered."""


class ProductUnpublished(_Product):
    """A product is being worked on and can not be ordered."""


class ProductArchived(_Product):
    """A product is not sold any more; past orders keep their lines."""


class StockAdjusted(Struct, frozen=True, kw_only=True):
    """People changed what is on hand: a delivery, a count, a loss."""

    sku: str
    delta: int
    reason: str
    on_hand: int


class Line(Struct, frozen=True):
    """So many of a product."""

    sku: str
    quantity: int


class Shortage(Struct, frozen=True):
    """A line that could not be reserved: what it wants and what there was."""

    sku: str
    wanted: int
    available: int


class StockReserved(Struct, frozen=True, kw_only=True):
    """Every line of the order `id` is held for it."""

    id: str
    lines: tuple[Line, ...]


class StockRefused(Struct, frozen=True, kw_only=True):
    """The order `id` gets nothing, for there is too little of at least one line."""

    id: str
    shortages: tuple[Shortage, ...]


class StockReleased(Struct, frozen=True, kw_only=True):
    """The order `id` holds nothing, and never will."""

    id: str


FACTS: tuple[type, ...] = (
    ProductAdded,
    ProductRevised,
    PriceChanged,
    ProductPublished,
    ProductUnpublished,
    ProductArchived,
    StockAdjusted,
    StockReserved,
    StockRefused,
    StockReleased,
)


class Answer(Protocol):
    """What the measures of an answer to an order are taken of."""

    @property
    def version(self) -> int: ...


def measures(answer: Answer, fact: type) -> dict[str, float]:
    """What it counts as that an order is answered; what is only answered again is no second shortage."""
    return {"StockShort": 1} if fact is StockRefused and answer.version == 1 else {}
