"""What an order and its answer lack to agree: every pair of states, and what is enough for how many."""

from typing import Any

import pytest

from chalicelib.orders import events
from infra.operate.restoring.agreement import lacking, question, short

PRICE = {"amount": 349, "currency": "USD"}

NEEDS = {
    ("placed", None): "question",
    ("confirmed", None): "stock",
    ("confirmed", "refused"): "stock anew",
    ("rejected", None): "release",
    ("rejected", "reserved"): "release",
    ("cancelled", None): "release",
    ("cancelled", "reserved"): "release",
    ("cancelled", "refused"): "release",
}


@pytest.mark.parametrize("status", ["placed", "confirmed", "rejected", "cancelled"])
@pytest.mark.parametrize("answer", [None, "reserved", "refused", "released"])
def test_an_order_says_what_has_to_hold_of_its_stock(status: str, answer: str | None) -> None:
    held = {"status": answer} if answer else None
    assert lacking({"status": status}, held) == NEEDS.get((status, answer))


def test_a_confirmed_order_asks_for_its_stock_long_after_its_deadline() -> None:
    line = {"sku": "tea", "name": "Tea", "quantity": 1, "unit_price": PRICE, "total": PRICE}
    times = dict.fromkeys(("placed_at", "changed_at", "answer_by"), "2026-01-01T00:00:00Z")
    order = {"pk": "order#1", "id": "1", "version": 2, "status": "confirmed", "customer_id": "ada", "total": PRICE}
    asked = question({**order, **times, "lines": [line]}, "OrderPlaced", {"OrderPlaced": events.OrderPlaced})
    assert (asked.type, asked.version, asked.data.answer_by) == ("emporium.orders.OrderPlaced.v1", 2, None)


def an_order(**lines: int) -> dict[str, Any]:
    return {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()]}


def test_what_one_order_gets_the_next_does_not() -> None:
    available = {"tea": 3, "mug": 1}
    assert short(an_order(tea=2, mug=1), available) == ""
    assert short(an_order(tea=2, jam=1), available) == "2 tea (1 there), 1 jam (0 there)"
    assert available == {"tea": 1, "mug": 0}
    assert short(an_order(tea=1), available) == ""
