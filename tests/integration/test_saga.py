"""The saga over the real handlers: whatever comes twice, late, or in another order, it ends the same."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis import clock
from tests.shop import Shop


def place(shop: Shop, customer: str, *lines: tuple[str, int]) -> str:
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    placed = shop.call("POST", "/orders", {"customer_id": customer, "lines": wanted})
    assert placed.status == 202, placed.body
    return str(placed.body["id"])


def order(shop: Shop, id: str) -> dict[str, Any]:
    return dict(shop.call("GET", f"/orders/{id}").body)


def cancel(shop: Shop, id: str) -> None:
    assert shop.call("POST", f"/orders/{id}/cancel").status == 200


def stock(shop: Shop, sku: str = "tea") -> tuple[int, int, int]:
    """On hand, reserved, available."""
    shown = shop.call("GET", f"/products/{sku}/stock").body
    return shown["on_hand"], shown["reserved"], shown["available"]


def deliver(shop: Shop, to: str) -> None:
    """Makes the deliveries that are due to one capability, once."""
    for delivery in shop.take(to):
        delivery()


def later(**by: int) -> None:
    """Sets the clock ahead of the real one."""
    clock.use(lambda: datetime.now(UTC) + timedelta(**by))


def test_an_order_with_enough_stock_is_confirmed(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2), ("mug", 1))
    assert order(shop, id)["status"] == "placed"
    shop.settle()
    assert order(shop, id)["status"] == "confirmed"
    assert (stock(shop, "tea"), stock(shop, "mug")) == ((10, 2, 8), (10, 1, 9))


def test_an_order_with_too_little_stock_is_rejected_whole(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("mug", 1), ("tea", 11))
    shop.settle()
    assert order(shop, id)["status"] == "rejected"
    assert order(shop, id)["reason"] == "out_of_stock"
    assert order(shop, id)["shortages"] == [{"sku": "tea", "wanted": 11, "available": 10}]
    assert (stock(shop, "tea"), stock(shop, "mug")) == ((10, 0, 10), (10, 0, 10))


def test_a_cancelled_order_gives_its_stock_back(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2))
    shop.settle()
    cancel(shop, id)
    shop.settle()
    assert order(shop, id)["status"] == "cancelled"
    assert stock(shop) == (10, 0, 10)


def test_a_cancellation_that_overtakes_its_order_leaves_nothing_reserved(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2))
    cancel(shop, id)
    placed, cancelled = shop.take("orders")
    for delivery in (cancelled, placed):
        delivery()
        deliver(shop, "products")
    shop.settle()
    assert order(shop, id)["status"] == "cancelled"
    assert stock(shop) == (10, 0, 10)


def test_a_cancelled_order_stops_asking_once_its_stock_is_back(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2))
    shop.settle()
    cancel(shop, id)
    assert "waiting_shard" in shop.item("orders", f"order#{id}")
    shop.settle()
    assert "waiting_shard" not in shop.item("orders", f"order#{id}")


@pytest.mark.parametrize("seed", range(6))
def test_events_that_come_twice_and_in_any_order_change_no_outcome(shop: Shop, ada: str, seed: int) -> None:
    chance = random.Random(seed)
    kept = [place(shop, ada, ("tea", 2), ("mug", 1)) for _ in range(4)]
    dropped = [place(shop, ada, ("tea", 1)) for _ in range(2)]
    for id in dropped:
        cancel(shop, id)
    shop.settle(shuffle=chance, times=2)
    assert {order(shop, id)["status"] for id in dropped} == {"cancelled"}
    assert [order(shop, id)["status"] for id in kept] == ["confirmed"] * 4
    assert (stock(shop, "tea"), stock(shop, "mug")) == ((10, 8, 2), (10, 4, 6))


@pytest.mark.parametrize("seed", range(3))
def test_the_last_units_are_sold_once_in_whatever_order_the_events_come(shop: Shop, ada: str, seed: int) -> None:
    ids = [place(shop, ada, ("tea", 4)) for _ in range(5)]
    shop.settle(shuffle=random.Random(seed), times=2)
    outcomes = sorted(order(shop, id)["status"] for id in ids)
    assert outcomes == ["confirmed"] * 2 + ["rejected"] * 3
    assert stock(shop) == (10, 8, 2)


def test_an_order_is_confirmed_once_products_is_back(shop: Shop, ada: str) -> None:
    shop.down.add("products")
    id = place(shop, ada, ("tea", 2))
    shop.settle()
    assert order(shop, id)["status"] == "placed"
    shop.down.clear()
    shop.settle()
    assert order(shop, id)["status"] == "confirmed"


def test_an_order_whose_event_was_lost_asks_again_and_is_confirmed(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2))
    assert shop.take("orders")  # and never delivered
    later(minutes=2)
    shop.tick()
    shop.settle()
    assert order(shop, id)["status"] == "confirmed"
    assert stock(shop) == (10, 2, 8)


def test_an_order_whose_answer_was_lost_asks_again_and_holds_its_stock_once(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2))
    deliver(shop, "orders")
    deliver(shop, "products")
    assert shop.take("products")  # the answer, never delivered
    assert stock(shop) == (10, 2, 8)
    later(minutes=2)
    shop.tick()
    shop.settle()
    assert order(shop, id)["status"] == "confirmed"
    assert stock(shop) == (10, 2, 8)


def test_a_cancellation_that_was_lost_is_told_again_and_the_stock_comes_back(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2))
    shop.settle()
    cancel(shop, id)
    assert shop.take("orders")  # and never delivered
    later(minutes=2)
    shop.tick()
    shop.settle()
    assert stock(shop) == (10, 0, 10)


def test_an_order_that_is_never_answered_is_cancelled_at_its_deadline(shop: Shop, ada: str) -> None:
    shop.down.add("products")
    id = place(shop, ada, ("tea", 2))
    for hours in range(1, 25):
        later(hours=hours, minutes=1)
        shop.tick()
    assert (order(shop, id)["status"], order(shop, id)["reason"]) == ("cancelled", "timed_out")
    shop.down.clear()
    shop.settle()
    assert stock(shop) == (10, 0, 10)
    assert "waiting_shard" not in shop.item("orders", f"order#{id}")


def test_a_price_that_is_told_late_never_replaces_a_newer_one(shop: Shop, ada: str) -> None:
    for version, amount in ((1, 399), (2, 449)):
        price = {"amount": amount, "currency": "USD"}
        assert shop.call("PATCH", "/products/tea", {"price": price}, if_match=f'"{version}"').status == 200
    older, newer = shop.take("products")
    newer()
    older()
    shop.settle(shuffle=random.Random(1), times=2)
    id = place(shop, ada, ("tea", 1))
    assert order(shop, id)["total"] == {"amount": 449, "currency": "USD"}


def test_a_deactivated_customer_can_order_no_more_and_what_was_ordered_goes_on(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 1))
    assert shop.call("DELETE", f"/customers/{ada}", if_match="*").status == 204
    shop.settle()
    assert order(shop, id)["status"] == "confirmed"
    refused = shop.call("POST", "/orders", {"customer_id": ada, "lines": [{"sku": "tea", "quantity": 1}]})
    assert (refused.status, refused.body["title"]) == (403, "Customer deactivated")


def test_an_archived_product_can_not_be_ordered_and_past_orders_keep_their_line(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 1))
    assert shop.call("DELETE", "/products/tea", if_match="*").status == 204
    shop.settle()
    refused = shop.call("POST", "/orders", {"customer_id": ada, "lines": [{"sku": "tea", "quantity": 1}]})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "#/lines/0/sku")
    assert order(shop, id)["status"] == "confirmed"
    assert order(shop, id)["lines"][0]["name"] == "Tea"


def test_nothing_that_is_told_has_to_be_set_aside(shop: Shop, ada: str) -> None:
    cancel(shop, place(shop, ada, ("tea", 1)))
    shop.settle()
    assert shop.set_aside() == []


def test_an_order_that_can_not_be_read_holds_up_no_other_that_waits(shop: Shop, ada: str) -> None:
    id = place(shop, ada, ("tea", 2))
    assert shop.take("orders")  # and never delivered
    for shard in range(4):
        broken = {"pk": f"order#broken-{shard}", "waiting_shard": str(shard), "ask_at": "2020-01-01T00:00:00.000Z"}
        item = {name: {"S": value} for name, value in broken.items()}
        shop.clients.dynamodb.put_item(TableName="emporium-test-orders", Item=item)
    later(minutes=2)
    shop.tick()
    shop.settle()
    assert order(shop, id)["status"] == "confirmed"


def test_a_key_makes_one_product_whatever_its_sku(shop: Shop) -> None:
    body = {"sku": "tea", "name": "Tea", "price": {"amount": 349, "currency": "USD"}}
    assert shop.call("POST", "/products", body, idempotency_key="k-1").status == 201
    assert shop.call("POST", "/products", body | {"sku": "mug"}, idempotency_key="k-1").status == 422
    assert shop.call("GET", "/products/mug").status == 404
    assert shop.call("POST", "/products", body, idempotency_key="k-1").status == 201
    assert shop.call("POST", "/products", body, idempotency_key="k-2").status == 409
