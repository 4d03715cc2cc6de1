"""What an order of so many lines costs DynamoDB, in write units, from placed to confirmed.

    PYTHONPATH=functions/orders:functions/products python -m benchmarks.write_units

Counted on the items that the capabilities themselves make, by DynamoDB's own rules for the size of an item and the
price of a write (developer guide, "DynamoDB item sizes and formats" and "DynamoDB read and write operations"). The
alternative beside it is the same design with each fact written out in the outbox, not only named.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.orders import events as order_events
from chalicelib.orders import model as orders
from chalicelib.orders.store import allowances
from chalicelib.orders.store import orders as kept_orders
from chalicelib.products import events as stock_events
from chalicelib.products import model as stock
from chalicelib.products.store import reservations
from chassis import clock, messages
from chassis.writes import Save

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY_ONLY_INDEX = 1  # write unit for each entry put into, or taken out of, an index that projects keys
Item = dict[str, Any]


def main() -> None:
    print("lines  order placed  order confirmed  reservation   all units, named facts   all units, facts written out")
    for lines in (1, 3, 10, 40, 99):
        placed, confirmed, reserved = writes(lines)
        sizes = "  ".join(f"{size(save.item()):>7} bytes" for save in (placed, confirmed, reserved))
        totals = [total(placed, confirmed, reserved, lines, shape) for shape in (Save.item, written_out)]
        print(f"{lines:>5}  {sizes}   {totals[0]:>22}   {totals[1]:>28}")


def writes(lines: int) -> tuple[Save, Save, Save]:
    """The saves of an order and its reservation, with names and ids as long as real ones."""
    wanted = [orders.Wanted(f"{1029743 + number}", 2) for number in range(lines)]
    price = orders.Money(269, "USD")
    known = {
        each.sku: orders.Product(sku=each.sku, version=1, name="Fluid Milk White Only", status="active", price=price)
        for each in wanted
    }
    customer = orders.Customer(id=clock.new_id(NOW), version=1, status="active")
    patience = orders.Patience(timedelta(minutes=1), timedelta(days=1))
    mark = f"{clock.derived_id('key')}/{'0' * 32}"
    order, facts = orders.place(clock.new_id(NOW), customer, orders.price(wanted, known), NOW, patience, mark)
    decided = orders.confirm(order, NOW)
    answered = stock.reserve(None, order.id, [stock.Line(each.sku, each.quantity) for each in wanted], 1, NOW)
    assert decided  # nosec B101  # what is measured must happen
    assert answered  # nosec B101  # what is measured must happen
    return kept_orders.saving(order, facts), kept_orders.saving(*decided), reservations.saving(*answered)


def total(placed: Save, confirmed: Save, reserved: Save, lines: int, shape: Callable[[Save], Item]) -> int:
    """Write units: the order twice with its index entries, what its customer may still want, and in a transaction its
    reservation and a stock item a line."""
    entries = KEY_ONLY_INDEX * 3  # by customer, waiting, and waiting no more
    stocks = lines * 2
    counted = units(allowances.saving(allowance()).item())
    return units(shape(placed)) + units(shape(confirmed)) + entries + counted + 2 * units(shape(reserved)) + stocks


def allowance() -> orders.Allowance:
    """Of a customer half of whose places are taken: between two times of looking which orders still wait."""
    placed = tuple(orders.Placed(clock.new_id(NOW), NOW) for _ in range(10))
    return orders.Allowance(id=clock.new_id(NOW), version=10, placed=placed)


def written_out(save: Save) -> Item:
    """The item as it would be with whole events in its outbox."""
    capability, facts = ("orders", order_events.FACTS) if "order#" in save.key else ("products", stock_events.FACTS)
    told = messages.of_item(capability, save.item(), {fact.__name__: fact for fact in facts})
    return save.item() | {"outbox": [msgspec.json.encode(message).decode() for message in told]}


def units(item: Item) -> int:
    """A write unit is 1 KB (1,024 bytes) or a part of it."""
    return -(-size(item) // 1024)


def size(value: Any) -> int:
    """Bytes of a value in an item: UTF-8 text, two digits of a number in a byte and one more, 3 for a list or map."""
    match value:
        case bool() | None:
            return 1
        case int():
            return (len(str(abs(value))) + 1) // 2 + 1
        case str():
            return len(value.encode())
        case list() | tuple():
            return 3 + sum(1 + size(each) for each in value)
        case Mapping():
            nested = sum(1 + len(name.encode()) + size(each) for name, each in value.items())
            return 3 + nested if "pk" not in value else nested - len(value)
    raise TypeError(f"no attribute holds {value!r}")


if __name__ == "__main__":
    main()
