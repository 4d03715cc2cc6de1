"""Builders for tests: a valid thing of each kind, in which a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from chalicelib.customers.model import Address, Customer
from chalicelib.orders import model as orders
from chalicelib.products import model as products

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PATIENCE = orders.Patience(ask_after=timedelta(minutes=1), deadline=timedelta(minutes=10))


def minutes(count: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=count)


def a_line(sku: str = "tea", quantity: int = 2, amount: int = 349) -> orders.Line:
    unit, total = orders.Money(amount, "USD"), orders.Money(amount * quantity, "USD")
    return orders.Line(sku, sku.title(), quantity, unit, total)


def an_order(**changes: Any) -> orders.Order:
    """An order of two teas, placed at noon."""
    customer = orders.Customer(id="ada", version=1, status="active")
    order, _ = orders.place("o-1", customer, [a_line()], NOON, PATIENCE)
    return structs.replace(order, **changes)


def a_known_product(sku: str = "tea", **changes: Any) -> orders.Product:
    """What orders knows of a product."""
    known = orders.Product(sku=sku, version=1, name=sku.title(), status="active", price=orders.Money(349, "USD"))
    return structs.replace(known, **changes)


def a_product(**changes: Any) -> products.Product:
    """A tea that can be ordered."""
    product = products.Product(
        sku="tea",
        version=1,
        name="Tea",
        price=products.Money(349, "USD"),
        status="active",
        created_at=NOON,
        changed_at=NOON,
    )
    return structs.replace(product, **changes)


def a_stock(on_hand: int = 10, reserved: int = 0) -> products.Stock:
    return products.Stock(sku="tea", on_hand=on_hand, reserved=reserved, available=on_hand - reserved)


def a_reservation(status: str = "reserved", **changes: Any) -> products.Reservation:
    """The answer to an order of two teas at its version 1."""
    lines = (products.Line("tea", 2),) if status != "refused" else ()
    reservation = products.Reservation(id="o-1", version=1, status=status, asked=1, changed_at=NOON, lines=lines)  # type: ignore[arg-type]  # a status as plain text
    return structs.replace(reservation, **changes)


def an_address() -> Address:
    return Address(recipient="Ada", line1="1 St James's Square", city="London", country="GB")


def a_customer(**changes: Any) -> Customer:
    """Ada, who may order."""
    customer = Customer(
        id="ada", version=1, email="ada@example.com", name="Ada", status="active", created_at=NOON, changed_at=NOON
    )
    return structs.replace(customer, **changes)
