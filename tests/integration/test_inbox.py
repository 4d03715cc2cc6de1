"""The inboxes' real handlers: every message that comes in, once, twice, late or broken."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.orders import model as order_model
from chalicelib.orders import store as orders
from chalicelib.orders.reactions import REACTIONS as ORDERS_HEARS
from chalicelib.products import store as products
from chalicelib.products.reactions import REACTIONS as PRODUCTS_HEARS
from chassis import clock
from chassis.inbox import NotHeard
from chassis.writes import Count
from tests.builders import a_known_product, a_line, a_product, an_order
from tests.gateway import lasting_shop
from tests.shop import CONTEXT, Shop

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PRICE = {"amount": 500, "currency": "USD"}
numbers = count()


@pytest.fixture(scope="module")
def open_shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


@pytest.fixture
def shop(open_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The shop, whose inboxes answer as their mapping asks them to."""
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    return open_shop


def new(kind: str) -> str:
    return f"{kind}-{next(numbers)}"


def a_message(type: str, data: dict[str, Any], /, version: int = 1, **changes: Any) -> str:
    """A message as the topics deliver it."""
    subject = str(data.get("id") or data.get("sku"))
    message = {
        "specversion": "1.0",
        "id": f"any/{subject}/{version}/0",
        "source": f"/emporium/{type.split('.')[0]}",
        "type": f"emporium.{type}.v1",
        "subject": subject,
        "time": "2026-03-01T12:00:00Z",
        "sequence": f"{version:010d}",
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(message | changes)


def hear(shop: Shop, name: str, *bodies: str) -> list[int]:
    """The places of the messages that failed."""
    records = [{"messageId": str(place), "body": body, "attributes": {}} for place, body in enumerate(bodies)]
    answer = shop.apps[name].inbox({"Records": records}, CONTEXT)
    return [int(each["itemIdentifier"]) for each in answer["batchItemFailures"]]


def a_waiting_order() -> order_model.Order:
    order = an_order(id=new("order"))
    orders.orders.save(order)
    return order


def status(id: str) -> tuple[str, int] | None:
    """The status of an order and its version."""
    found = orders.orders.get(id)
    return (found.status, found.version) if found else None


def a_stocked_product(on_hand: int = 10) -> str:
    sku = new("sku")
    products.add_product(a_product(sku=sku))
    products.TABLE.write(Count(products.stocks.key(sku), {"on_hand": on_hand, "available": on_hand}))
    return sku


def stock(sku: str) -> tuple[int, int, int]:
    found = products.stocks.get(sku)
    assert found is not None
    return found.on_hand, found.reserved, found.available


def placed(order: str, *lines: tuple[str, int], version: int = 1) -> str:
    wanted = [{"sku": sku, "quantity": quantity, "name": "Tea", "total": PRICE} for sku, quantity in lines]
    return a_message("orders.OrderPlaced", {"id": order, "lines": wanted, "status": "placed"}, version)


def cancelled(order: str, version: int = 2) -> str:
    return a_message("orders.OrderCancelled", {"id": order, "status": "cancelled"}, version)


def answer(order: str) -> tuple[str, int] | None:
    """The status of a reservation and its version."""
    found = products.reservations.get(order)
    return (found.status, found.version) if found else None


# what orders hears


@pytest.mark.parametrize(
    ("fact", "becomes", "version"),
    [("StockReserved", "confirmed", 2), ("StockRefused", "rejected", 2), ("StockReleased", "cancelled", 3)],
)
def test_an_answer_about_the_stock_moves_the_order_once(shop: Shop, fact: str, becomes: str, version: int) -> None:
    """What was given back cancels an order that does not know of it, and then lets it rest."""
    order = a_waiting_order()
    data = {"id": order.id, "shortages": [{"sku": "tea", "wanted": 2, "available": 0}], "lines": []}
    body = a_message(f"products.{fact}", data)
    assert hear(shop, "orders", body, body) == []
    assert hear(shop, "orders", body) == []
    assert status(order.id) == (becomes, version)


def test_what_was_too_little_is_kept_with_the_order(shop: Shop) -> None:
    order = a_waiting_order()
    shortages = [{"sku": "tea", "wanted": 2, "available": 1}]
    hear(shop, "orders", a_message("products.StockRefused", {"id": order.id, "shortages": shortages}))
    found = orders.orders.get(order.id)
    assert found is not None
    assert found.shortages == (order_model.Shortage("tea", 2, 1),)


def test_an_answer_for_an_order_that_is_not_here_is_let_pass(shop: Shop) -> None:
    assert hear(shop, "orders", a_message("products.StockReserved", {"id": "none", "lines": []})) == []
    assert status("none") is None


@pytest.mark.parametrize("fact", [type for type in ORDERS_HEARS if "Product" in type or "Price" in type])
def test_what_is_told_of_a_product_is_kept_unless_it_is_older(shop: Shop, fact: str) -> None:
    sku, type = new("sku"), fact.removeprefix("emporium.").removesuffix(".v1")

    def told(version: int) -> str:
        data = {"sku": sku, "name": f"v{version}", "status": "active", "price": PRICE, "attributes": {"a": "b"}}
        return a_message(type, data, version)

    assert hear(shop, "orders", told(2), told(1), told(2), told(3), told(2)) == []
    price = order_model.Money(500, "USD")
    assert orders.look_up("none", "none", [sku]).products == {
        sku: a_known_product(sku, version=3, name="v3", price=price)
    }


@pytest.mark.parametrize("fact", [type for type in ORDERS_HEARS if "Customer" in type])
def test_what_is_told_of_a_customer_is_kept_unless_it_is_older(shop: Shop, fact: str) -> None:
    id, type = new("customer"), fact.removeprefix("emporium.").removesuffix(".v1")
    facts = [a_message(type, {"id": id, "status": f"s{version}"}, version) for version in (2, 1, 3, 2)]
    assert hear(shop, "orders", *facts) == []
    assert orders.look_up("none", id, []).customer == order_model.Customer(id=id, version=3, status="s3")


def test_the_tenth_version_is_newer_than_the_ninth(shop: Shop) -> None:
    id = new("customer")
    facts = [a_message("customers.CustomerRegistered", {"id": id, "status": f"s{v}"}, v) for v in (10, 9)]
    hear(shop, "orders", *facts)
    assert orders.look_up("none", id, []).customer == order_model.Customer(id=id, version=10, status="s10")


# what products hears


def test_an_order_reserves_its_lines_once(shop: Shop) -> None:
    sku, order = a_stocked_product(), new("order")
    assert hear(shop, "products", placed(order, (sku, 3)), placed(order, (sku, 3))) == []
    assert hear(shop, "products", placed(order, (sku, 3))) == []
    assert (stock(sku), answer(order)) == ((10, 3, 7), ("reserved", 1))


def test_an_order_that_comes_after_its_deadline_reserves_nothing(shop: Shop) -> None:
    sku, early, late = a_stocked_product(), new("order"), new("order")
    deadline = clock.stamp(clock.now() + timedelta(minutes=1)), clock.stamp(clock.now() - timedelta(minutes=1))
    for order, by in zip((early, late), deadline, strict=True):
        told = {"id": order, "lines": [{"sku": sku, "quantity": 3}], "answer_by": by}
        assert hear(shop, "products", a_message("orders.OrderPlaced", told)) == []
    assert (stock(sku), answer(early), answer(late)) == ((10, 3, 7), ("reserved", 1), None)
    assert hear(shop, "products", cancelled(late)) == []
    assert (stock(sku), answer(late)) == ((10, 3, 7), ("released", 1))


def test_an_order_that_asks_again_is_answered_again_and_reserves_no_more(shop: Shop) -> None:
    sku, order = a_stocked_product(), new("order")
    assert hear(shop, "products", placed(order, (sku, 3)), placed(order, (sku, 3), version=2)) == []
    assert (stock(sku), answer(order)) == ((10, 3, 7), ("reserved", 2))
    hear(shop, "products", placed(order, (sku, 3)), placed(order, (sku, 3), version=2))
    assert answer(order) == ("reserved", 2)


def test_an_order_for_too_much_is_refused_and_the_answer_stands(shop: Shop) -> None:
    tea, mug, order = a_stocked_product(1), a_stocked_product(), new("order")
    assert hear(shop, "products", placed(order, (mug, 1), (tea, 2), ("unknown", 1))) == []
    found = products.reservations.get(order)
    assert found is not None
    assert [(each.sku, each.wanted, each.available) for each in found.shortages] == [(tea, 2, 1), ("unknown", 1, 0)]
    products.TABLE.write(Count(products.stocks.key(tea), {"on_hand": 9, "available": 9}))
    hear(shop, "products", placed(order, (mug, 1), (tea, 2)))
    assert (stock(tea), stock(mug), answer(order)) == ((10, 0, 10), (10, 0, 10), ("refused", 1))


@pytest.mark.parametrize("quantity", [0, -1, -3])
def test_an_order_for_less_than_one_takes_nothing_of_what_is_held_for_others(shop: Shop, quantity: int) -> None:
    sku, order = a_stocked_product(), new("order")
    assert hear(shop, "products", placed(new("order"), (sku, 3))) == []
    assert hear(shop, "products", placed(order, (sku, quantity))) == [0]
    assert (stock(sku), answer(order)) == ((10, 3, 7), None)


def test_a_cancellation_gives_back_once_also_when_it_comes_first(shop: Shop) -> None:
    sku, order, early = a_stocked_product(), new("order"), new("order")
    assert hear(shop, "products", placed(order, (sku, 3)), cancelled(order), cancelled(order)) == []
    assert hear(shop, "products", cancelled(early), placed(early, (sku, 3)), cancelled(early)) == []
    assert stock(sku) == (10, 0, 10)
    assert (answer(order), answer(early)) == (("released", 2), ("released", 1))


# what nobody should have sent

BROKEN = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "\ufeff{}",
    "[" * 100_000,
    '{"type": "TYPE"}',
    '{"id": "1", "type": 7}',
]
LACKING: list[dict[str, Any]] = [
    {"data": None},
    {"data": {}},
    {"data": []},
    {"sequence": 1},
    {"sequence": None},
    {"time": "noon"},
    {"subject": None},
]


@pytest.mark.parametrize(("name", "hears"), [("orders", ORDERS_HEARS), ("products", PRODUCTS_HEARS)])
def test_every_message_that_is_broken_fails_alone_and_the_others_are_heard(
    shop: Shop, name: str, hears: dict[str, Any]
) -> None:
    for type in hears:
        short = type.removeprefix("emporium.").removesuffix(".v1")
        broken = [text.replace("TYPE", type) for text in BROKEN]
        broken += [a_message(short, {"id": "none"} | right_data(), **change) for change in LACKING]
        before, after = good(name), good(name)
        bodies = [before[0], *broken, after[0]]
        assert hear(shop, name, *bodies) == list(range(1, len(broken) + 1)), type
        assert before[1]() == after[1]() == "done"


def test_a_version_that_is_no_number_fails_where_the_version_counts(shop: Shop) -> None:
    odd = a_message("customers.CustomerRegistered", {"id": "odd", "status": "active"}, sequence="one")
    assert hear(shop, "orders", odd) == [0]
    assert orders.look_up("none", "odd", []).customer is None


def right_data() -> dict[str, Any]:
    """Enough for any reaction."""
    line = {"sku": "tea", "quantity": 1}
    return {"sku": "none", "name": "x", "status": "active", "price": PRICE, "lines": [line], "shortages": []}


def good(name: str) -> tuple[str, Any]:
    """A message that is right, and how to see whether it was heard."""
    if name == "orders":
        id = new("customer")
        body = a_message("customers.CustomerRegistered", {"id": id, "status": "done"})
        return body, lambda: getattr(orders.look_up("none", id, []).customer, "status", None)
    order, sku = new("order"), a_stocked_product()
    return placed(order, (sku, 1)), lambda: "done" if answer(order) == ("reserved", 1) else None


@pytest.mark.parametrize("name", ["orders", "products"])
def test_without_partial_answers_a_broken_message_makes_its_batch_come_again(
    shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PARTIAL_BATCH_RESPONSES")
    body, heard = good(name)
    with pytest.raises(NotHeard, match="messages 0"):
        hear(shop, name, "{", body)
    assert heard() == "done"


@pytest.mark.parametrize("name", ["orders", "products"])
def test_a_fact_that_nobody_here_listens_to_is_let_pass(shop: Shop, name: str) -> None:
    later = a_message("orders.OrderPlaced", {"id": "x"}, type="emporium.orders.OrderPlaced.v2")
    assert hear(shop, name, later, a_message("weather.RainBegan", {"id": "x"})) == []


def test_fields_that_nobody_here_reads_are_let_pass(shop: Shop) -> None:
    order = a_waiting_order()
    data = {"id": order.id, "lines": [{"sku": "tea", "quantity": 2, "shelf": 7}], "warehouse": {"id": 3}}
    assert hear(shop, "orders", a_message("products.StockReserved", data, partitionkey="x", newextension=1)) == []
    assert status(order.id) == ("confirmed", 2)
    assert a_line() in order.lines
