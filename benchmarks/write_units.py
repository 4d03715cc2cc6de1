"""What an outbox that names its facts saves, in write units of DynamoDB, against one that has them written out.

    PYTHONPATH=functions/orders:functions/products python -m benchmarks.write_units

Of the items that the capabilities make, by the rules of infra.cost.units. What an order takes as it is built, whole and
measured, stands in infra/cost/counts.json: here are the three items alone that have an outbox.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.orders import events as order_events
from chalicelib.orders import model as orders
from chalicelib.orders.store import orders as kept_orders
from chalicelib.products import events as stock_events
from chalicelib.products import model as stock
from chalicelib.products.store import reservations
from chassis import clock, items, messages
from chassis.writes import Save
from infra.cost.units import size, written

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    print("lines  order placed  order confirmed  reservation   units, facts named   units, facts written out")
    for lines in (1, 3, 10, 40, 99):
        saves = writes(lines)
        named, told = [items.write_item(save.item()) for save in saves], [written_out(save) for save in saves]
        sizes = "  ".join(f"{size(item):>7} bytes" for item in named)
        print(f"{lines:>5}  {sizes}   {total(named):>18}   {total(told):>24}")


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


def written_out(save: Save) -> items.Item:
    """The item as it would be with whole events in its outbox."""
    capability, facts = ("orders", order_events.FACTS) if "order#" in save.key else ("products", stock_events.FACTS)
    told = messages.of_item(capability, save.item(), {fact.__name__: fact for fact in facts})
    return items.write_item(save.item() | {"outbox": [msgspec.json.encode(message).decode() for message in told]})


def total(saved: list[items.Item]) -> int:
    """Write units of an order placed and confirmed, and of a reservation, which is written in a transaction."""
    placed, confirmed, reserved = saved
    return written(None, placed) + written(None, confirmed) + written(None, reserved, in_a_transaction=True)


if __name__ == "__main__":
    main()
