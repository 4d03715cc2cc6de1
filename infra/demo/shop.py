"""The shop as its clients see it: the few requests that fill it and buy from it, each safe to send again."""

import re
from typing import Any

import httpx

from infra.demo.files import Product
from infra.demo.orders import Order
from infra.shop import Refused, accepted, send

CURRENCY = "USD"
# The shop's own news of others may be late: it is to be asked again.
_NOT_YET = {"customer-unknown", "not-yet-a-customer", "product-not-for-sale"}


def not_yet(refused: Refused) -> bool:
    """Whether only the shop's news of the customer or a product may be late."""
    return refused.kind in _NOT_YET


def add_product(shop: httpx.Client, product: Product, staff: httpx.Auth) -> bool:
    """Whether the product is new; one that is there already stays as it is."""
    answer = send(shop, "POST", "/products", json=offered(product), auth=staff)
    if answer.status_code == 409:
        return False
    accepted(answer)
    return True


def offered(product: Product) -> dict[str, Any]:
    """The body that adds the product."""
    attributes = {"brand": product.brand, "package_size": product.package_size, "department": product.department}
    return {
        "sku": product.id,
        "name": readable(product.name),
        "price": {"amount": product.price_cents, "currency": CURRENCY},
        "attributes": {name: value for name, value in attributes.items() if value},
    } | ({"category": product.category} if product.category else {})


def stock_product(shop: httpx.Client, sku: str, units: int, staff: httpx.Auth) -> None:
    """Gives the product its opening stock, once."""
    path = f"/products/{sku}/stock-adjustments"
    headers = {"Idempotency-Key": f"opening-stock-{sku}-{units}"}
    body = {"delta": units, "reason": "opening stock"}
    accepted(send(shop, "POST", path, json=body, headers=headers, auth=staff))


def place(shop: httpx.Client, order: Order, customer: httpx.Auth, run: str) -> str:
    """The id under which the shop took the order; raises Refused."""
    lines = [{"sku": sku, "quantity": units} for sku, units in order.lines.items()]
    headers = {"Idempotency-Key": f"{run}-{order.id}"}
    answer = send(shop, "POST", "/orders", json={"lines": lines}, headers=headers, auth=customer)
    return str(accepted(answer)["id"])


def look(
    shop: httpx.Client, id: str, customer: httpx.Auth, seen: str | None
) -> tuple[dict[str, Any] | None, str | None]:
    """The order and the version (ETag) it has now; no order where that is still the one that was `seen`."""
    answer = send(shop, "GET", f"/orders/{id}", headers={"If-None-Match": seen} if seen else {}, auth=customer)
    if answer.status_code == 304:
        return None, seen
    return accepted(answer), answer.headers.get("ETag")


def readable(name: str) -> str:
    """BREAD:ITALIAN/FRENCH is for machines; Bread: Italian/French is for people."""
    words = re.sub(r":(?=\S)", ": ", name.strip()).lower()
    return re.sub(r"(?<![0-9a-z'])[a-z]", lambda first: first[0].upper(), words)
