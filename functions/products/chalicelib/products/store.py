"""Where products keeps what it knows: one table, with products, their stock, its adjustments and the reservations."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import UNSET, UnsetType

from chalicelib.products import events
from chalicelib.products.events import ProductAdded, StockAdjusted
from chalicelib.products.model import Adjustment, Answer, Product, Reservation, Shortage, Status, Stock
from chassis import telling
from chassis.aggregates import Aggregates
from chassis.refusals import KeyUsedForAnotherRequest
from chassis.sign_outs import SignOuts
from chassis.table import Index, NotWritten, Plain, Table
from chassis.writes import Claim, Count

TABLE = Table("PRODUCTS_TABLE")
BY_STATUS = Index("by_status", "listed", "sku")
BY_CATEGORY = Index("by_category", "shelf", "sku")


def listing(status: Status, category: str | None) -> tuple[Index, str]:
    """The index that has such products, and the value that they stand under."""
    return (BY_STATUS, status) if category is None else (BY_CATEGORY, _shelf(status, category))


def _shelf(status: Status, category: str | None) -> str:
    return f"{status}#{category or ''}"


def _entries(product: Product) -> Mapping[str, str]:
    listed = {"listed": product.status, "shelf": _shelf(product.status, product.category)}
    return {**listed, **telling.entries(product.sku, product.changed_at)}


products = Aggregates(TABLE, "product", Product, _entries)
stocks = Aggregates(TABLE, "stock", Stock)
adjustments = Aggregates(TABLE, "adjustment", Adjustment)
reservations = Aggregates(TABLE, "reservation", Reservation, measures=events.measures)
sign_outs = SignOuts(TABLE)


class StockShort(Exception):
    """There is too little of some lines; nothing was reserved."""

    def __init__(self, shortages: Iterable[Shortage]) -> None:
        super().__init__("too little in stock")
        self.shortages = tuple(shortages)


def add_product(product: Product) -> Product | None:
    """A new product and its empty stock, or the product that has the sku already.

    The key of the request, if it has one, is claimed for this sku: raises KeyUsedForAnotherRequest.
    """
    key = _claimed("request", product)
    try:
        products.save(product, (ProductAdded,), also=[stocks.saving(Stock(sku=product.sku)), *key])
    except NotWritten as lost:
        if found := lost.failed.get(0):
            return products.read(found)
        raise KeyUsedForAnotherRequest from lost
    return None


def look_up(adjustment: str, sku: str) -> tuple[Adjustment | None, Stock | None]:
    """All that adjusting a stock needs, in one batch read; an adjustment is there when the same was made before."""
    found = TABLE.get_many([adjustments.key(adjustment), stocks.key(sku)])
    return adjustments.among(found, adjustment), stocks.among(found, sku)


def look_at_stock(sku: str) -> tuple[Product | None, Stock | None]:
    """A product and its stock, in one batch read."""
    found = TABLE.get_many([products.key(sku), stocks.key(sku)])
    return products.among(found, sku), stocks.among(found, sku)


def adjust_stock(adjustment: Adjustment, was: Stock) -> None:
    """Raises NotWritten: at 0 where the adjustment was made before, at 1 where the stock moved since `was` was read.

    The key of the request, if it has one, is claimed for this sku: raises KeyUsedForAnotherRequest.
    """
    by = {"on_hand": adjustment.delta, "available": adjustment.delta}
    count = Count(stocks.key(adjustment.sku), by, expect={"on_hand": was.on_hand})
    try:
        adjustments.save(adjustment, (StockAdjusted,), also=[count, *_claimed("adjusting", adjustment)])
    except NotWritten as lost:
        if 2 in lost.failed:
            raise KeyUsedForAnotherRequest from lost
        raise


def _claimed(what: str, made: Product | Adjustment) -> list[Claim]:
    """The claim of the key by which it was made, for its sku alone."""
    return [Claim(f"{what}#{made.made_by.partition('/')[0]}", made.sku)] if made.made_by else []


def answer_order(
    order: str, decide: Callable[[Reservation | None], Answer | None], *, known: Reservation | UnsetType | None = UNSET
) -> None:
    """Keeps the answer to an order and moves the stock with it; raises StockShort where there is too little."""
    moves: list[Count] = []

    def moved(before: Reservation | None, after: Reservation) -> list[Count]:
        moves[:] = _moves(before, after)
        return moves

    try:
        reservations.change(order, decide, also=moved, known=known)
    except NotWritten as lost:
        raise StockShort(_shortage(moves[at - 1], found) for at, found in lost.failed.items()) from lost


def _moves(before: Reservation | None, after: Reservation) -> Iterator[Count]:
    """What a change of a reservation does to the stock: lines taken are reserved, lines given back are available."""
    had, has = before.held if before else (), after.held
    for line in has if not had else ():
        yield Count(stocks.key(line.sku), {"available": -line.quantity, "reserved": line.quantity})
    for line in had if not has else ():
        yield Count(stocks.key(line.sku), {"available": line.quantity, "reserved": -line.quantity})


def _shortage(move: Count, found: Plain | None) -> Shortage:
    sku, wanted = move.key.removeprefix(stocks.key("")), -move.add["available"]
    if wanted < 0:
        raise AssertionError(f"{move.key} holds less for orders than its reservations say")
    return Shortage(sku, wanted, available=found["available"] if found else 0)
