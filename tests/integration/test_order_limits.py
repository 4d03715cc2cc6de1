"""How much one customer may want at a time: how fast, how many orders that wait, how much of a product."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.orders import commands, schemas
from chalicelib.orders.model import Order, TooManyOpenOrders
from chassis import aws, clock
from chassis.auth import Caller
from chassis.idempotency import mark
from chassis.refusals import Unavailable
from tests.cups import Between
from tests.gateway import lasting_shop
from tests.racing import race
from tests.shop import Answer, Shop
from tests.tokens import STAFF

PRICE = {"amount": 349, "currency": "USD"}
SERVICE = "service:7c5f4b1e-0000-4000-8000-000000000002"
numbers = count()


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        for sku, units in (("tea", 1000), ("rare", 0)):
            assert shop.call("POST", "/products", {"sku": sku, "name": sku, "price": PRICE}).status == 201
            if units:
                adjusted = {"delta": units, "reason": "delivery"}
                assert shop.call("POST", f"/products/{sku}/stock-adjustments", adjusted).status == 201
        yield shop


@pytest.fixture
def ada(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new customer, where nothing is limited unless a test says so."""
    for name, value in (("PLACING", "1000/60"), ("OPEN", "1000"), ("UNITS", "1000")):
        monkeypatch.setenv(f"ORDERS_{name}_LIMIT", value)
    customer = shop.customer(f"ada{next(numbers)}")
    shop.settle()
    return f"customer:{customer}"


def later(seconds: float) -> None:
    clock.use(lambda: datetime.now(UTC) + timedelta(seconds=seconds))


def place(shop: Shop, by: str, *skus: str, quantity: int = 1, customer: str = "", key: str = "") -> Answer:
    lines = [{"sku": sku, "quantity": quantity} for sku in skus or ("tea",)]
    named = {"customer_id": customer} if customer else {}
    return shop.call("POST", "/orders", {"lines": lines} | named, by=by, **({"idempotency_key": key} if key else {}))


def placed(shop: Shop, by: str, *skus: str) -> str:
    answer = place(shop, by, *skus)
    assert answer.status == 202, answer.body
    return str(answer.body["id"])


def id_of(by: str) -> str:
    return by.partition(":")[2]


def orders(shop: Shop, by: str) -> list[dict[str, Any]]:
    return list(shop.call("GET", "/orders?limit=100", by=by).body["items"])


def counted(shop: Shop, by: str) -> int:
    """The orders that count towards the customer's limits."""
    return len(shop.item("orders", f"allowance#{id_of(by)}").get("placed", {}).get("L", ()))


# how fast


def test_whoever_orders_too_fast_is_told_when_to_come_again_and_nothing_is_left_behind(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_PLACING_LIMIT", "2/30")
    now = datetime.now(UTC)
    clock.use(lambda: now)
    kept = {placed(shop, ada) for _ in range(2)}
    for key in ("", "k"):
        refused = place(shop, ada, key=key)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "30")
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.body["type"] == "urn:emporium:problem:orders-too-fast"
    assert {each["id"] for each in orders(shop, ada)} == kept
    assert counted(shop, ada) == 2
    clock.use(None)
    later(30)
    assert place(shop, ada, key="k").status == 202


def test_one_who_is_too_fast_holds_up_nobody_else(shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_PLACING_LIMIT", "1/30")
    bob = f"customer:{shop.customer(f'bob{next(numbers)}')}"
    shop.settle()
    assert [place(shop, by).status for by in (ada, ada, bob, bob)] == [202, 429, 202, 429]


def test_staff_orders_for_a_customer_without_limit_and_takes_nothing_of_the_customers(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_PLACING_LIMIT", "1/30")
    monkeypatch.setenv("ORDERS_OPEN_LIMIT", "1")
    for by in (STAFF, SERVICE, STAFF):
        assert place(shop, by, customer=id_of(ada)).status == 202
    assert counted(shop, ada) == 0
    assert [place(shop, ada).status for _ in range(2)] == [202, 429]
    assert place(shop, STAFF, customer=id_of(ada)).status == 202


def test_an_order_that_was_placed_is_met_again_by_its_key_whatever_the_limits_are(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_PLACING_LIMIT", "1/30")
    monkeypatch.setenv("ORDERS_OPEN_LIMIT", "1")
    first = place(shop, ada, key="k")
    assert place(shop, ada).status == 429
    again = place(shop, ada, key="k")
    assert (again.status, again.body) == (202, first.body)
    assert counted(shop, ada) == 1


def test_what_was_refused_for_another_reason_counts_for_nothing(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_PLACING_LIMIT", "1/30")
    assert place(shop, ada, "nothing").status == 422
    assert place(shop, ada, "tea", "tea").status == 422
    assert place(shop, ada, quantity=1001).status == 422
    assert counted(shop, ada) == 0
    assert place(shop, ada).status == 202


# how many at once


def test_an_order_beyond_those_that_wait_is_refused_until_one_of_them_settles(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it settles: confirmed, rejected, or cancelled."""
    monkeypatch.setenv("ORDERS_OPEN_LIMIT", "3")
    waiting = [placed(shop, ada, *skus) for skus in (("tea",), ("rare",), ("tea",))]
    refused = place(shop, ada)
    assert (refused.status, refused.body["type"]) == (409, "urn:emporium:problem:too-many-open-orders")
    assert "3 of your orders" in refused.body["detail"]
    assert {each["id"] for each in orders(shop, ada)} == set(waiting)
    assert shop.call("POST", f"/orders/{waiting[2]}/cancel", by=ada).status == 200
    waiting.append(placed(shop, ada))
    assert place(shop, ada).status == 409
    shop.settle()
    assert {each["status"] for each in orders(shop, ada)} == {"confirmed", "rejected", "cancelled"}
    for _ in range(3):
        waiting.append(placed(shop, ada))
    assert place(shop, ada).status == 409
    assert {each["id"] for each in orders(shop, ada)} == set(waiting)


def test_an_order_that_was_counted_and_never_came_to_be_holds_its_place_for_a_minute_and_no_longer(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_OPEN_LIMIT", "1")

    def put_no_order(**request: Any) -> Any:
        if request["Item"]["pk"]["S"].startswith("order#"):
            raise ConnectionError("lost on the way")
        return broken.real.put_item(**request)

    broken = Between(put_item=put_no_order)
    assert place(shop, ada).status == 500
    aws.use(None)
    assert (orders(shop, ada), counted(shop, ada)) == ([], 1)
    later(59)
    assert place(shop, ada).status == 409
    later(61)
    assert place(shop, ada).status == 202


@pytest.mark.parametrize("settled", [0, 4])
def test_however_many_place_at_the_same_moment_no_more_orders_wait_than_may(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch, settled: int
) -> None:
    monkeypatch.setenv("ORDERS_OPEN_LIMIT", "4")
    for _ in range(settled):
        placed(shop, ada)
    shop.settle()
    outcomes = race(*[lambda: order_at_once(ada)] * 10)
    accepted = {each.id for each in outcomes if isinstance(each, Order)}
    refused = [each for each in outcomes if isinstance(each, TooManyOpenOrders)]
    gave_up = [each for each in outcomes if isinstance(each, Unavailable)]  # who lost to all others, again and again
    assert len(accepted) + len(refused) + len(gave_up) == 10, outcomes
    assert len(accepted) == 4
    waiting = {each["id"] for each in orders(shop, ada) if each["status"] == "placed"}
    assert waiting == accepted
    assert place(shop, ada).status == 409


def test_however_often_the_same_order_is_sent_at_the_same_moment_it_is_counted_once(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_OPEN_LIMIT", "1")
    outcomes = race(*[lambda: order_at_once(ada, "k")] * 6)
    assert {each.id for each in outcomes} == {each["id"] for each in orders(shop, ada)}
    assert (len(orders(shop, ada)), counted(shop, ada)) == (1, 1)


def order_at_once(by: str, key: str | None = None) -> Order:
    """Past the door, which has one request at a time in this process."""
    asked = schemas.PlaceOrder(lines=(schemas.WantedLine("tea", 1),))
    return commands.place_order(asked, Caller("customer", id_of(by)), mark(key, id_of(by), "same"))


# how much


def test_every_line_that_wants_too_much_of_a_product_is_named_and_nothing_is_placed(
    shop: Shop, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_UNITS_LIMIT", "5")
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in (("tea", 6), ("rare", 5), ("nothing", 7))]
    for by, named in ((ada, {}), (STAFF, {"customer_id": id_of(ada)})):
        refused = shop.call("POST", "/orders", {"lines": wanted} | named, by=by)
        assert (refused.status, refused.body["type"]) == (422, "urn:emporium:problem:too-many-units")
        named_lines = [each["pointer"] for each in refused.body["errors"]]
        assert named_lines == ["#/lines/0/quantity", "#/lines/2/quantity"]
    assert (orders(shop, ada), counted(shop, ada)) == ([], 0)
    assert place(shop, ada, "tea", "rare", quantity=5).status == 202


# as a deployment has it


@pytest.mark.parametrize(
    ("setting", "nonsense"),
    [
        *((f"ORDERS_{name}_LIMIT", value) for name in ("OPEN", "UNITS") for value in ("abc", "-1", "1.5", "10/60")),
        *(("ORDERS_PLACING_LIMIT", value) for value in ("abc", "10", "0/60", "10/0", "10/1m", "-1/60")),
    ],
)
def test_a_limit_that_makes_no_sense_is_named_in_the_log_and_nothing_is_placed(
    shop: Shop,
    ada: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str,
    nonsense: str,
) -> None:
    monkeypatch.setenv(setting, nonsense)
    broken = place(shop, ada)
    assert (broken.status, setting in str(broken.body)) == (500, False)
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [cause] = [line["cause"] for line in logged if line["level"] == "error"]
    assert f"the environment variable {setting} must be" in cause
    assert repr(nonsense) in cause
    monkeypatch.undo()
    assert (orders(shop, ada), counted(shop, ada)) == ([], 0)
