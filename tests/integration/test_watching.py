"""What an operator sees of the shop at work: one trace from the request to its last event, and what is counted."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis import clock
from tests.lines import Line, lines, measured
from tests.shop import CONTEXT, Shop

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BROUGHT = f"00-{TRACE}-00f067aa0ba902b7-01"
TOO_MANY = 11  # there are ten teas


def place(shop: Shop, customer: str, quantity: int = 1, **headers: str) -> str:
    body = {"customer_id": customer, "lines": [{"sku": "tea", "quantity": quantity}]}
    placed = shop.call("POST", "/orders", body, **headers)
    assert placed.status == 202
    return str(placed.body["id"])


def events(told: list[Line], order: str, message: str) -> list[str]:
    """The facts that lines tell of an order, in their order."""
    return [line["type"].split(".")[2] for line in told if line["message"] == message and order in line["event"]]


def trace_ids(told: list[Line]) -> set[str]:
    return {line["trace"].split("-")[1] for line in told}


def pass_on(shop: Shop, teller: str, hearer: str) -> list[dict[str, Any]]:
    """Lets one capability hear what the other has to tell, and gives what travelled."""
    shop.apps[teller].relay({"Records": shop.records(teller)}, CONTEXT)
    messages = shop.messages(hearer)
    shop.apps[hearer].inbox({"Records": messages}, CONTEXT)
    return [json.loads(message["body"]) for message in messages]


def later(**by: int) -> None:
    clock.use(lambda: datetime.now(UTC) + timedelta(**by))


@pytest.fixture
def counting(
    monkeypatch: pytest.MonkeyPatch, ada: str, capsys: pytest.CaptureFixture[str]
) -> pytest.CaptureFixture[str]:
    monkeypatch.setenv("METRICS", "on")
    capsys.readouterr()
    return capsys


def counts(counting: pytest.CaptureFixture[str]) -> dict[str, float]:
    """What was counted since the last time, but for the starts of processes."""
    sums: dict[str, float] = {}
    for name, value in measured(lines(counting.readouterr().out)):
        sums[name] = sums.get(name, 0) + value
    sums.pop("ColdStarts", None)
    return sums


def test_one_trace_leads_from_the_request_to_the_confirmed_order_in_every_line_and_event(
    shop: Shop, ada: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS", "on")
    capsys.readouterr()
    order = place(shop, ada, traceparent=BROUGHT)
    travelling = [*pass_on(shop, "orders", "products"), *pass_on(shop, "products", "orders")]
    pass_on(shop, "orders", "products")
    assert [event["type"].split(".")[2] for event in travelling] == ["OrderPlaced", "StockReserved"]
    assert {event["traceparent"].split("-")[1] for event in travelling} == {TRACE}
    told = lines(capsys.readouterr().out)
    assert events(told, order, "told") == ["OrderPlaced", "StockReserved", "OrderConfirmed"]
    assert events(told, order, "heard") == ["OrderPlaced", "StockReserved"]
    assert {"answered", "measured"} <= {line["message"] for line in told}
    assert trace_ids(told) == {TRACE}
    assert {line["capability"] for line in told} == {"orders", "products"}


def test_a_placed_and_a_confirmed_order_count_once_however_often_they_are_told(
    shop: Shop, ada: str, counting: pytest.CaptureFixture[str]
) -> None:
    place(shop, ada)
    shop.settle(times=3)
    counted = counts(counting)
    assert counted.pop("TimeToConfirmationSeconds") >= 0
    assert counted == {"OrdersPlaced": 1, "OrdersConfirmed": 1}


def test_the_time_to_confirmation_is_measured_from_when_the_order_was_placed(
    shop: Shop, ada: str, counting: pytest.CaptureFixture[str]
) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    clock.use(lambda: start)
    place(shop, ada)
    clock.use(lambda: start + timedelta(seconds=2.5))
    shop.settle()
    assert counts(counting)["TimeToConfirmationSeconds"] == 2.5


def test_an_order_with_too_little_stock_counts_as_rejected_and_its_stock_as_short(
    shop: Shop, ada: str, counting: pytest.CaptureFixture[str]
) -> None:
    place(shop, ada, TOO_MANY)
    shop.settle(times=2)
    assert counts(counting) == {"OrdersPlaced": 1, "OrdersRejected": 1, "StockShort": 1}


def test_an_order_that_asks_again_is_no_second_order_and_at_the_third_time_is_stuck(
    shop: Shop, ada: str, counting: pytest.CaptureFixture[str]
) -> None:
    place(shop, ada)
    shop.down.add("products")
    counted = [counts(counting)]
    for minutes in (2, 5, 10):
        later(minutes=minutes)
        shop.tick()
        counted.append(counts(counting))
    assert counted == [
        {"OrdersPlaced": 1},
        {"OrdersAskedAgain": 1, "OrdersStuck": 0},
        {"OrdersAskedAgain": 1, "OrdersStuck": 0},
        {"OrdersAskedAgain": 1, "OrdersStuck": 1},
    ]


def test_a_cancelled_order_counts_once_and_one_that_was_short_stays_one_when_it_asks_again(
    shop: Shop, ada: str, counting: pytest.CaptureFixture[str]
) -> None:
    order, short = place(shop, ada), place(shop, ada, TOO_MANY)
    assert shop.call("POST", f"/orders/{order}/cancel").status == 200
    for delivery in shop.take("orders"):
        delivery()
    for delivery in shop.take("products"):
        delivery()
    assert shop.take("products")  # the answers, never delivered
    later(minutes=2)
    shop.tick()
    shop.settle()
    assert shop.call("GET", f"/orders/{short}").body["status"] == "rejected"
    counted = counts(counting)
    assert (counted["OrdersPlaced"], counted["OrdersCancelled"], counted["StockShort"]) == (2, 1, 1)
    assert counted["OrdersAskedAgain"] == 2


def test_a_customer_counts_as_registered_once(shop: Shop, ada: str, counting: pytest.CaptureFixture[str]) -> None:
    shop.customer("grace")
    shop.customer("grace")
    shop.settle()
    assert counts(counting) == {"CustomersRegistered": 1}


def test_each_tick_is_a_trace_of_its_own(shop: Shop, ada: str, capsys: pytest.CaptureFixture[str]) -> None:
    traces = set()
    for minutes in (2, 5):
        place(shop, ada)
        assert shop.take("orders")  # and never delivered
        later(minutes=minutes)
        capsys.readouterr()
        shop.tick()
        for delivery in shop.take("orders"):
            delivery()
        told = [line for line in lines(capsys.readouterr().out, "told") if "OrderPlaced" in line["type"]]
        traces |= trace_ids(told)
    assert len(traces) == 2
