"""What was saved is told again days later, as it stands: who lost it is healed, and nobody else sees a difference."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.customers import store as customers
from chalicelib.products import store as products
from chassis import clock, items, telling
from chassis.table import Table
from chassis.writes import Touch, Write
from tests.builders import a_customer, a_product
from tests.shop import Shop

TABLES = {"customers": customers.TABLE, "products": products.TABLE}


def after(**by: int) -> None:
    """Lets time pass, from the real one on, and a little more."""
    clock.use(lambda: datetime.now(UTC) + timedelta(minutes=1, **by))


def lose(shop: Shop, *names: str) -> None:
    """What streams and queues hold just now is lost."""
    for name in names:
        shop.records(name)
    shop.messages("orders")


def told(shop: Shop, name: str) -> list[tuple[str, int, list[str]]]:
    """What each new record of a stream tells: of what, at which version, and which facts."""
    images = [items.read_item(record["dynamodb"]["NewImage"]) for record in shop.records(name)]
    return [(image["pk"], image["version"], [each["fact"] for each in image["outbox"]]) for image in images]


def copy(shop: Shop, key: str) -> dict[str, Any]:
    return items.read_item(shop.item("orders", key))


def test_a_registration_that_nobody_heard_is_told_again_and_the_customer_can_order(shop: Shop, ada: str) -> None:
    shop.customer("bob")
    lose(shop, "customers")
    order = {"lines": [{"sku": "tea", "quantity": 1}]}
    assert shop.call("POST", "/orders", order, by="customer:bob").status == 403
    after(days=1)
    shop.tick()
    shop.settle()
    assert shop.call("POST", "/orders", order, by="customer:bob").status == 202


def test_a_deactivation_that_nobody_heard_is_told_again(shop: Shop, ada: str) -> None:
    assert shop.call("DELETE", f"/customers/{ada}", if_match="*").status == 204
    lose(shop, "customers")
    assert copy(shop, f"customer#{ada}")["status"] == "active"
    after(days=1)
    shop.tick()
    shop.settle()
    assert copy(shop, f"customer#{ada}")["status"] == "deactivated"


def test_a_name_that_changed_tells_again_that_there_is_a_customer(shop: Shop) -> None:
    shop.customer("bob")
    assert shop.call("PATCH", "/customers/bob", {"name": "Robert"}, if_match="*").status == 200
    lose(shop, "customers")
    after(days=1)
    shop.tick()
    shop.settle()
    assert (copy(shop, "customer#bob")["version"], copy(shop, "customer#bob")["status"]) == (2, "active")


def test_a_price_that_nobody_heard_is_told_again(shop: Shop, ada: str) -> None:
    price = {"amount": 1, "currency": "USD"}
    assert shop.call("PATCH", "/products/tea", {"price": price}, if_match="*").status == 200
    lose(shop, "products")
    after(days=1)
    shop.tick()
    shop.settle()
    assert copy(shop, "product#tea")["price"] == price


@pytest.mark.parametrize("days", [1, 4, 13])
def test_what_is_told_again_is_the_same_as_before_and_changes_nothing_of_its_item(shop: Shop, days: int) -> None:
    shop.customer("bob")
    lose(shop, "customers")
    before = items.read_item(shop.item("customers", "customer#bob"))
    after(days=days)
    shop.tick()
    assert told(shop, "customers") == [("customer#bob", 1, ["CustomerRegistered"])]
    now = items.read_item(shop.item("customers", "customer#bob"))
    assert {name for name in before | now if before.get(name) != now.get(name)} == {"tell_at"}


def test_it_is_told_three_times_and_then_rests(shop: Shop) -> None:
    shop.customer("bob")
    lose(shop, "customers")
    for days, times in ((1, 1), (2, 0), (4, 1), (5, 0), (13, 1), (14, 0), (400, 0)):
        after(days=days)
        shop.tick()
        shop.tick()
        assert len(told(shop, "customers")) == times, f"after {days} days"


def test_what_is_saved_anew_is_told_again_from_then_on(shop: Shop) -> None:
    shop.customer("bob")
    after(days=1)
    shop.tick()
    assert shop.call("PATCH", "/customers/bob", {"name": "Robert"}, if_match="*").status == 200
    lose(shop, "customers")
    after(days=2)
    shop.tick()
    assert told(shop, "customers") == [("customer#bob", 2, ["CustomerRevised"])]


def test_a_save_that_comes_between_wins(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.customer("bob")
    after(days=1)
    write = Table.write

    def late(self: Table, *writes: Write) -> None:
        if isinstance(writes[0], Touch):
            assert shop.call("PATCH", "/customers/bob", {"name": "Robert"}, if_match="*").status == 200
        write(self, *writes)

    monkeypatch.setattr(Table, "write", late)
    shop.tick("customers")
    item = items.read_item(shop.item("customers", "customer#bob"))
    assert (item["version"], item["name"], item["tell_at"][-2:]) == (2, "Robert", "/0")
    assert datetime.fromisoformat(item["tell_at"][:-2]) > clock.now() + timedelta(hours=23)


def test_what_is_gone_is_not_brought_back(shop: Shop) -> None:
    customers.TABLE.write(customers.customers.saving(a_customer(id="bob")))
    key = customers.customers.key("bob")
    place = items.read_item(shop.item("customers", key))["tell_at"]
    shop.clients.dynamodb.delete_item(TableName="emporium-test-customers", Key={"pk": {"S": key}})
    telling._tell(customers.TABLE, key, place)
    assert shop.item("customers", key) == {}


def test_more_than_fit_into_a_tick_are_told_by_the_next_ones(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "AT_ONCE", 10)
    for number in range(120):
        products.TABLE.write(products.products.saving(a_product(sku=f"sku-{number}", changed_at=clock.now())))
    lose(shop, "products")
    after(days=1)
    found = list[str]()
    for _ in range(6):
        shop.tick("products")
        new = [items.read_item(record["dynamodb"]["NewImage"])["sku"] for record in shop.records("products")]
        assert len(new) <= 4 * telling.AT_ONCE
        found += new
    assert sorted(found) == sorted(f"sku-{number}" for number in range(120))


@pytest.mark.parametrize("name", TABLES)
def test_one_that_fails_holds_up_no_other(shop: Shop, ada: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        shop.customer(f"eve-{number}")
        body = {"sku": f"cup-{number}", "name": "Cup", "price": {"amount": 1, "currency": "USD"}}
        assert shop.call("POST", "/products", body).status == 201
    lose(shop, name)
    after(days=1)
    write, failed = Table.write, list[str]()

    def bad(self: Table, *writes: Write) -> None:
        if not failed:
            failed.append(writes[0].key)
            raise RuntimeError("not now")
        write(self, *writes)

    monkeypatch.setattr(Table, "write", bad)
    shop.tick(name)
    first = {key for key, _, _ in told(shop, name)}
    shop.tick(name)
    assert len(first) >= 10
    assert [key for key, _, _ in told(shop, name)] == failed
