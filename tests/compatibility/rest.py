"""What has to hold of a shop of two versions that has come to rest, whichever of them did what."""

from collections import Counter
from typing import Any

from tests.compatibility.lives import ADA, Life, expect, live
from tests.compatibility.mixed import Mixed
from tests.compatibility.versions import WentWrong
from tests.visit import drained

TERMINAL = {"confirmed", "rejected", "cancelled"}


def live_through(shop: Mixed) -> Counter[str]:
    """A whole life, and a look at what is left of it; raises WentWrong. Gives how many orders came to which end."""
    life = Life(shop)
    live(life)
    return check(life)


def check(life: Life) -> Counter[str]:
    orders = [expect(life.shop.both("GET", f"/orders/{id}"), 200).body for id in life.orders]
    every_order_came_to_an_end(orders)
    no_stock_was_lost_or_made(life, orders)
    pages_go_on_with_either_version(life, {order["id"] for order in orders if order["customer_id"] == "ada"})
    what_was_made_is_met_again(life)
    if left := drained(life.shop.shop):
        raise WentWrong(f"set aside: {left}")
    return Counter(order["status"] for order in orders)


def every_order_came_to_an_end(orders: list[dict[str, Any]]) -> None:
    if waiting := [order for order in orders if order["status"] not in TERMINAL]:
        raise WentWrong(f"still wait: {waiting}")


def no_stock_was_lost_or_made(life: Life, orders: list[dict[str, Any]]) -> None:
    held = Counter[str]()
    for order in orders:
        for line in order["lines"]:
            held[line["sku"]] += line["quantity"] if order["status"] == "confirmed" else 0
    for sku, on_hand in life.on_hand.items():
        kept = expect(life.shop.both("GET", f"/products/{sku}/stock", by=""), 200).body
        wanted = {"sku": sku, "on_hand": on_hand, "reserved": held[sku], "available": on_hand - held[sku]}
        if any(kept.get(name) != value for name, value in wanted.items()):
            raise WentWrong(f"there are {kept}, and ought to be {wanted}")


def pages_go_on_with_either_version(life: Life, wanted: set[str]) -> None:
    """Each page is drawn anew, by the cursor that whoever gave the page before has sealed."""
    found, path = list[str](), "/orders?limit=1"
    while path:
        page = expect(life.shop.call("GET", path, by=ADA), 200).body
        found += [order["id"] for order in page["items"]]
        path = f"/orders?limit=1&cursor={page['next_cursor']}" if "next_cursor" in page else ""
    if sorted(found) != sorted(wanted):
        raise WentWrong(f"listed {found} of {wanted}")


def what_was_made_is_met_again(life: Life) -> None:
    """The same request is answered as the first time, however long ago, by either version."""
    for each in life.keyed:
        if each.answer.status >= 400 or each.by == "customer:bob":  # was not made; has left
            continue
        again = life.shop.both("POST", each.path, each.body, by=each.by, idempotency_key=each.key)
        if (again.status, again.body) != (each.answer.status, each.answer.body):
            raise WentWrong(f"{each.path} was {each.answer}, and is {again}")
