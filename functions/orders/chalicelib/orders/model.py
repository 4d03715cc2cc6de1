"""What an order is, and what may become of one.

    (none) ──> placed ──stock reserved──> confirmed ──cancelled by its customer, or by staff──> cancelled
                 ├──stock refused───────> rejected (out_of_stock)
                 ├──cancelled by its customer, or by staff────────────────────────────────────> cancelled
                 └──no answer until the deadline──────────────────────────────────────────────> cancelled (timed_out)

An order that waits for an answer asks again: placed waits for its stock, cancelled for word that nothing is held.
"""

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, structs

from chalicelib.orders import events
from chassis.refusals import Conflict, Flaw, Forbidden, Invalid, NotFound, Place, TooMany

Status = Literal["placed", "confirmed", "rejected", "cancelled"]
Reason = Literal["out_of_stock", "by_customer", "by_staff", "timed_out"]
Facts = Sequence[type]
LONGEST_WAIT = timedelta(hours=1)  # between two times of asking


class NoSuchOrder(NotFound):
    def __init__(self, id: str) -> None:
        super().__init__(f"There is no order {id}.")


class NoSuchCustomer(NotFound):
    def __init__(self, id: str) -> None:
        super().__init__(f"There is no customer {id}.")


class OrdersForAnother(Invalid):
    def __init__(self) -> None:
        detail = "An order is for whoever is signed in; only staff names a customer."
        super().__init__(detail, Flaw("#/customer_id", detail))


class CustomerNotNamed(Invalid):
    def __init__(self, place: Place) -> None:
        detail = "Staff names the customer."
        super().__init__(detail, Flaw("#/customer_id" if place == "pointer" else "customer_id", detail, place))


class CustomerUnknown(Invalid):
    def __init__(self, id: str) -> None:
        detail = f"There is no customer {id}."
        super().__init__(detail, Flaw("#/customer_id", detail))


class NotYetACustomer(Forbidden):
    def __init__(self) -> None:
        super().__init__("You are not known as a customer, or not yet: register, or ask again in a moment.")


class CustomerDeactivated(Forbidden):
    def __init__(self) -> None:
        super().__init__("This customer was deactivated, and can order no more.")


class TooManyUnits(Invalid):
    """One or more lines want more of a product than one order may have."""


class OrdersTooFast(TooMany):
    def __init__(self, retry_after: int) -> None:
        super().__init__(f"So many orders in so short a time; please ask again in {retry_after} seconds.", retry_after)


class TooManyOpenOrders(Conflict):
    def __init__(self, at_most: int) -> None:
        super().__init__(f"{at_most} of your orders still wait to be confirmed; another has to wait for one of them.")


class ProductNotForSale(Invalid):
    """One or more lines name a product that does not exist or can not be ordered now."""


class ProductGivenTwice(Invalid):
    """One product stands on one line, with the whole quantity."""


class CurrenciesMixed(Invalid):
    """An order is paid in one currency."""


class OrderWasRejected(Conflict):
    def __init__(self, id: str) -> None:
        super().__init__(f"The order {id} was rejected; there is nothing to cancel.")


class Money(Struct, frozen=True):
    """An amount in the currency's minor unit (ISO 4217)."""

    amount: int
    currency: str


class Line(Struct, frozen=True):
    """So many of a product, at the price that it had when the order was placed."""

    sku: str
    name: str
    quantity: int
    unit_price: Money
    total: Money


class Shortage(Struct, frozen=True):
    """A line for which there was too little."""

    sku: str
    wanted: int
    available: int


class Customer(Struct, frozen=True, kw_only=True):
    """What orders knows of a customer: its own copy, as old as the last event."""

    id: str
    version: int
    status: str


class Product(Struct, frozen=True, kw_only=True):
    """What orders knows of a product: its own copy, as old as the last event."""

    sku: str
    version: int
    name: str
    status: str
    price: Money


class Wanted(Struct, frozen=True):
    """A line as it is asked for."""

    sku: str
    quantity: int


class Patience(Struct, frozen=True):
    """How long an order waits before it asks again, and when it gives up."""

    ask_after: timedelta
    deadline: timedelta


class Limits(Struct, frozen=True):
    """How much one customer may want: orders in a window of time, open orders, units of a product in one order."""

    times: int
    window: timedelta
    open: int
    units: int


class Placed(Struct, frozen=True):
    order: str
    at: datetime


class Allowance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What counts towards a customer's limits: the orders of the last window, and older ones that may still be open.

    One that is `closed` was an erased customer's: it counts nothing, and lets nothing through.
    """

    id: str
    version: int
    placed: tuple[Placed, ...] = ()
    closed: bool = False


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order; `ask_at` is when it asks again (None: it waits for nothing), `asked` how often it did.

    After `answer_by` nobody waits for its stock any more.
    """

    id: str
    version: int
    status: Status
    customer_id: str
    lines: tuple[Line, ...]
    total: Money
    placed_at: datetime
    changed_at: datetime
    reason: Reason | None = None
    shortages: tuple[Shortage, ...] = ()
    ask_at: datetime | None = None
    asked: int = 0
    made_by: str | None = None
    answer_by: datetime | None = None


Decision = tuple[Order, Facts]


def place(
    id: str,
    customer: Customer,
    lines: Sequence[Line],
    now: datetime,
    patience: Patience,
    made_by: str | None = None,
) -> Decision:
    """A new order, which waits for its stock; raises CurrenciesMixed."""
    order = Order(
        id=id,
        version=1,
        status="placed",
        customer_id=customer.id,
        lines=tuple(lines),
        total=_sum(lines),
        placed_at=now,
        changed_at=now,
        ask_at=now + patience.ask_after,
        made_by=made_by,
        answer_by=now + patience.deadline,
    )
    return order, (events.OrderPlaced,)


def admit(id: str, customer: Customer | None, *, by_staff: bool) -> Customer:
    """The customer, who may order; raises CustomerUnknown (to staff) or NotYetACustomer, and CustomerDeactivated."""
    if customer is None:
        raise CustomerUnknown(id) if by_staff else NotYetACustomer()
    if customer.status != "active":
        raise CustomerDeactivated
    return customer


def take_place(
    allowance: Allowance | None, order: Order, now: datetime, limits: Limits, settled: Container[str] = ()
) -> Allowance | None:
    """The allowance with the order counted, or None where it was counted before.

    `settled` are those of its orders that no longer wait. Raises OrdersTooFast, TooManyOpenOrders, and
    CustomerDeactivated to an order that was under way when its customer was erased.
    """
    counted = allowance or Allowance(id=order.customer_id, version=0)
    if counted.closed:
        raise CustomerDeactivated
    if any(each.order == order.id for each in counted.placed):
        return None
    recent = [each.at for each in counted.placed if each.at > now - limits.window]
    if len(recent) >= limits.times:
        raise OrdersTooFast(max(1, math.ceil((recent[-limits.times] + limits.window - now).total_seconds())))
    kept = [each for each in counted.placed if each.at > now - limits.window or each.order not in settled]
    if sum(each.order not in settled for each in kept) >= limits.open:
        raise TooManyOpenOrders(limits.open)
    return Allowance(id=counted.id, version=counted.version + 1, placed=(*kept, Placed(order.id, now)))


def forget(allowance: Allowance | None, customer: str) -> Allowance | None:
    """The allowance of a customer that was erased: what it placed when is gone; None where it is so already."""
    if allowance and allowance.closed:
        return None
    return Allowance(id=customer, version=allowance.version + 1 if allowance else 1, closed=True)


def refuse_too_many_units(wanted: Sequence[Wanted], limits: Limits) -> None:
    """Raises TooManyUnits, naming every line that wants more of a product than one order may have."""
    flaws = [
        Flaw(f"#/lines/{place}/quantity", f"is over {limits.units}")
        for place, line in enumerate(wanted)
        if line.quantity > limits.units
    ]
    if flaws:
        raise TooManyUnits(f"An order has at most {limits.units} units of a product.", *flaws)


def price(wanted: Sequence[Wanted], products: Mapping[str, Product]) -> tuple[Line, ...]:
    """The lines at today's prices; raises ProductGivenTwice or ProductNotForSale, naming every line that is wrong."""
    skus = [line.sku for line in wanted]
    _refuse(ProductGivenTwice, "stands on an earlier line too", _repeated(skus), skus)
    absent = [place for place, sku in enumerate(skus) if sku not in products or products[sku].status != "active"]
    _refuse(ProductNotForSale, "can not be ordered", absent, skus)
    return tuple(_line(line, products[line.sku]) for line in wanted)


def as_placed(order: Order) -> Order:
    """The order as it was answered when it was placed, for whoever asks the same again."""
    return structs.replace(order, version=1, status="placed", changed_at=order.placed_at, reason=None, shortages=())


def confirm(order: Order, now: datetime) -> Decision | None:
    """Its stock is reserved; None where it no longer waits for that."""
    if order.status != "placed":
        return None
    return _next(order, now, status="confirmed", ask_at=None), (events.OrderConfirmed,)


def reject(order: Order, shortages: Iterable[Shortage], now: datetime) -> Decision | None:
    """There is too little; None where it no longer waits for stock."""
    if order.status != "placed":
        return None
    short = tuple(shortages)
    rejected = _next(order, now, status="rejected", reason="out_of_stock", shortages=short, ask_at=None)
    return rejected, (events.OrderRejected,)


def cancel(order: Order, reason: Reason, now: datetime, patience: Patience) -> Decision | None:
    """What it held is to be given back, and it asks until it hears so; None where it was cancelled before."""
    if order.status == "rejected":
        raise OrderWasRejected(order.id)
    if order.status == "cancelled":
        return None
    cancelled = _next(order, now, status="cancelled", reason=reason, ask_at=now + patience.ask_after, asked=0)
    return cancelled, (events.OrderCancelled,)


def rest(order: Order, now: datetime) -> Decision | None:
    """A cancelled order hears that nothing is held for it, and asks no more; nobody needs to be told."""
    if order.status != "cancelled" or order.ask_at is None:
        return None
    return _next(order, now, ask_at=None), ()


def ask_again(order: Order, now: datetime, patience: Patience) -> Decision | None:
    """Asks what it asked before, later each time; an order that was never answered is cancelled at its deadline."""
    if order.ask_at is None or order.ask_at > now:
        return None
    deadline = order.answer_by or order.placed_at + patience.deadline
    if order.status == "placed" and now >= deadline:
        return cancel(order, "timed_out", now, patience)
    asked = order.asked + 1
    ask_at = now + min(patience.ask_after * 2 ** min(asked, 16), LONGEST_WAIT)
    if order.status == "placed":
        ask_at = min(ask_at, deadline)
    fact = events.OrderPlaced if order.status == "placed" else events.OrderCancelled
    return _next(order, now, ask_at=ask_at, asked=asked), (fact,)


def _next(order: Order, now: datetime, **changes: object) -> Order:
    return structs.replace(order, version=order.version + 1, changed_at=now, **changes)


def _line(wanted: Wanted, product: Product) -> Line:
    total = Money(product.price.amount * wanted.quantity, product.price.currency)
    return Line(product.sku, product.name, wanted.quantity, product.price, total)


def _sum(lines: Sequence[Line]) -> Money:
    currencies = sorted({line.total.currency for line in lines})
    if len(currencies) > 1:
        raise CurrenciesMixed(f"The lines are priced in {' and '.join(currencies)}.", Flaw("#/lines", "mix currencies"))
    return Money(sum(line.total.amount for line in lines), currencies[0])


def _repeated(skus: Sequence[str]) -> list[int]:
    return [place for place, sku in enumerate(skus) if sku in skus[:place]]


def _refuse(refusal: type[Invalid], what: str, places: Sequence[int], skus: Sequence[str]) -> None:
    if places:
        flaws = [Flaw(f"#/lines/{place}/sku", f"{skus[place]} {what}") for place in places]
        raise refusal(f"{', '.join(skus[place] for place in places)} {what}.", *flaws)
