"""What a product, its stock and a reservation are, and what may become of them.

    product       draft <--> active <--> archived <--> draft

    reservation   (none) ──order placed────> reserved ──order cancelled──> released
                         ├─too little──────> refused  ──order cancelled──> released
                         └─order cancelled─────────────────────────────> released (a tombstone: its order comes late)

on_hand = available + reserved, and none of the three is ever below zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from chalicelib.products import events
from chassis.refusals import Conflict, Flaw, Invalid, NotFound

Status = Literal["draft", "active", "archived"]
Facts = Sequence[type]


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in the currency's minor unit (ISO 4217): 349 USD are $3.49."""

    amount: Annotated[int, Meta(ge=0, le=10_000_000_000)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}(?![\s\S])")]


class NoSuchProduct(NotFound):
    def __init__(self, sku: str) -> None:
        super().__init__(f"There is no product {sku}.")


class SkuIsTaken(Conflict):
    def __init__(self, sku: str) -> None:
        super().__init__(f"There is a product {sku} already.", Flaw("#/sku", "is taken"))


class DeltaIsZero(Invalid):
    def __init__(self) -> None:
        super().__init__("An adjustment by zero changes nothing.", Flaw("#/delta", "must not be zero"))


class TooLittleAvailable(Conflict):
    def __init__(self, available: int) -> None:
        detail = f"Only {available} are neither reserved nor gone."
        super().__init__(detail, Flaw("#/delta", f"must not be below -{available}"))


class TooMuchOnHand(Conflict):
    def __init__(self) -> None:
        super().__init__(f"No stock may be over {Stock.MOST}.", Flaw("#/delta", "is too large"))


class Product(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the shop sells."""

    sku: str
    version: int
    name: str
    price: Money
    status: Status
    created_at: datetime
    changed_at: datetime
    description: str | None = None
    category: str | None = None
    attributes: dict[str, str] = {}
    made_by: str | None = None

    @property
    def id(self) -> str:
        return self.sku


def shown(sku: str, product: Product | None) -> Product:
    """The product, if it is in the shop for all to see; raises NoSuchProduct, for a draft too."""
    if product is None or product.status == "draft":
        raise NoSuchProduct(sku)
    return product


def revise(product: Product, changes: Mapping[str, Any], now: datetime) -> tuple[Product, Facts] | None:
    """The product with the changes made; None where it is so already. A fact for each kind of change."""
    revised = structs.replace(product, **changes)
    if revised == product:
        return None
    facts: list[type] = []
    if revised.status != product.status:
        facts.append(_STATUS_FACTS[revised.status])
    if revised.price != product.price:
        facts.append(events.PriceChanged)
    if structs.replace(revised, status=product.status, price=product.price) != product:
        facts.append(events.ProductRevised)
    return structs.replace(revised, version=product.version + 1, changed_at=now), facts


_STATUS_FACTS: dict[Status, type] = {
    "draft": events.ProductUnpublished,
    "active": events.ProductPublished,
    "archived": events.ProductArchived,
}


class Stock(Struct, frozen=True, kw_only=True):
    """How many there are of a product, and how many of them are promised to orders."""

    sku: str
    version: int = 1
    on_hand: int = 0
    reserved: int = 0
    available: int = 0

    MOST = 1_000_000_000

    @property
    def id(self) -> str:
        return self.sku


class Adjustment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of the stock by people: a delivery, a count, a loss. `on_hand` is what it came to."""

    id: str
    sku: str
    delta: int
    reason: str
    on_hand: int
    changed_at: datetime
    version: int
    made_by: str | None = None


def adjust(stock: Stock, id: str, delta: int, reason: str, now: datetime, made_by: str | None) -> Adjustment:
    """The adjustment, with what it comes to; raises DeltaIsZero, TooLittleAvailable, TooMuchOnHand."""
    if delta == 0:
        raise DeltaIsZero
    if stock.available + delta < 0:
        raise TooLittleAvailable(stock.available)
    if stock.on_hand + delta > Stock.MOST:
        raise TooMuchOnHand
    return Adjustment(
        id=id,
        sku=stock.sku,
        delta=delta,
        reason=reason,
        on_hand=stock.on_hand + delta,
        changed_at=now,
        version=1,
        made_by=made_by,
    )


class Line(Struct, frozen=True):
    """So many of a product."""

    sku: str
    quantity: int


class Shortage(Struct, frozen=True):
    """A line that could not be reserved: what it wants and what there was."""

    sku: str
    wanted: int
    available: int


class Reservation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What this shop's stock answers to one order: all of its lines or none.

    `asked` is the version of the order that was answered last: what was asked before it is not answered again.
    """

    id: str
    version: int
    status: Literal["reserved", "refused", "released"]
    asked: int
    changed_at: datetime
    lines: tuple[Line, ...] = ()
    shortages: tuple[Shortage, ...] = ()

    @property
    def held(self) -> tuple[Line, ...]:
        """What it takes from what is available."""
        return self.lines if self.status == "reserved" else ()


Answer = tuple[Reservation, Facts]
_ANSWERS: dict[str, type] = {
    "reserved": events.StockReserved,
    "refused": events.StockRefused,
    "released": events.StockReleased,
}


def reserve(found: Reservation | None, order: str, lines: Iterable[Line], asked: int, now: datetime) -> Answer | None:
    """Reserves for an order that was placed; one that was answered is answered again only when it asks again."""
    if found is not None:
        return _say_again(found, asked, now)
    return _answer(Reservation(id=order, version=1, status="reserved", asked=asked, changed_at=now, lines=tuple(lines)))


def refuse(
    found: Reservation | None, order: str, shortages: Iterable[Shortage], asked: int, now: datetime
) -> Answer | None:
    """Refuses an order for which there is too little; the answer stands, whatever comes in later."""
    if found is not None:
        return _say_again(found, asked, now)
    short = tuple(shortages)
    return _answer(Reservation(id=order, version=1, status="refused", asked=asked, changed_at=now, shortages=short))


def release(found: Reservation | None, order: str, asked: int, now: datetime) -> Answer | None:
    """Gives back what an order held. A cancellation that overtakes its order leaves a tombstone for it to meet."""
    if found is None:
        return _answer(Reservation(id=order, version=1, status="released", asked=asked, changed_at=now))
    if found.status == "released":
        return _say_again(found, asked, now)
    return _answer(
        structs.replace(
            found, version=found.version + 1, status="released", asked=max(asked, found.asked), changed_at=now
        )
    )


def _say_again(found: Reservation, asked: int, now: datetime) -> Answer | None:
    if asked <= found.asked:
        return None
    return _answer(structs.replace(found, version=found.version + 1, asked=asked, changed_at=now))


def _answer(reservation: Reservation) -> Answer:
    return reservation, (_ANSWERS[reservation.status],)
