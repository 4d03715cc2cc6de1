"""A shop in which every route finds what it speaks of."""

from typing import Any

from tests.shop import Answer, Shop

PRICE = {"amount": 349, "currency": "USD"}


def made(answer: Answer) -> Any:
    """The body of an answer that is no refusal."""
    assert answer.status < 300, answer.body
    return answer.body


def ids(shop: Shop) -> dict[str, str]:
    """Ids of what is there, by the name that paths give them: a confirmed order, its customer, a product."""
    lines = [{"sku": "tea", "quantity": 1}]
    wanted = {"customer_id": shop.customer("ada"), "lines": lines}
    order = shop.call("POST", "/orders", wanted, idempotency_key="first")
    shop.settle()
    return {"customer_id": "ada", "order_id": made(order)["id"], "sku": "tea"}


def stock(shop: Shop) -> None:
    """Ten teas, and a customer of whom all have heard."""
    made(shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": PRICE, "category": "drinks"}))
    made(shop.call("POST", "/products/tea/stock-adjustments", {"delta": 10, "reason": "delivery"}))
    shop.customer("ada")
    shop.settle()
