"""From baskets to the orders that the shop can take."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from infra.demo.files import Line

LINES = 99  # of one order: the shop reserves all in one transaction, which holds 100 items
QUANTITY = 1000  # of one line


@dataclass(frozen=True)
class Order:
    """What a household wants: `id` is its basket's, with a number behind it for a further part; units by product."""

    id: str
    household: str
    lines: Mapping[str, int]


@dataclass(frozen=True)
class Orders:
    """The orders, and what was done to the baskets to make them."""

    orders: tuple[Order, ...]
    unknown_lines: int = 0
    empty_baskets: int = 0
    split_baskets: int = 0
    capped_lines: int = 0

    @property
    def households(self) -> list[str]:
        return list(dict.fromkeys(order.household for order in self.orders))

    @property
    def products(self) -> list[str]:
        return list(dict.fromkeys(product for order in self.orders for product in order.lines))


def make_orders(lines: Iterable[Line], known: Container[str], limit: int | None = None) -> Orders:
    """The orders of the first `limit` baskets: one line for each product that is known, with all of its units."""
    baskets = dict[str, list[Line]]()
    for line in lines:
        baskets.setdefault(line.basket, []).append(line)
    chosen = list(islice(baskets.values(), limit))
    wanted = [_units(basket, known) for basket in chosen]
    return Orders(
        orders=tuple(
            order for basket, units in zip(chosen, wanted, strict=True) for order in _parts(basket[0], _capped(units))
        ),
        unknown_lines=sum(line.product not in known for basket in chosen for line in basket),
        empty_baskets=sum(not units for units in wanted),
        split_baskets=sum(len(units) > LINES for units in wanted),
        capped_lines=sum(not 1 <= number <= QUANTITY for units in wanted for number in units.values()),
    )


def _units(basket: Iterable[Line], known: Container[str]) -> dict[str, int]:
    units = dict[str, int]()
    for line in basket:
        if line.product in known:
            units[line.product] = units.get(line.product, 0) + line.quantity
    return units


def _capped(units: Mapping[str, int]) -> dict[str, int]:
    return {product: max(1, min(number, QUANTITY)) for product, number in units.items()}


def _parts(first: Line, units: Mapping[str, int]) -> Iterator[Order]:
    for at in range(0, len(units), LINES):
        part = dict(list(units.items())[at : at + LINES])
        yield Order(f"{first.basket}-{at // LINES + 1}" if at else first.basket, first.household, part)
