"""What every client may rely on: statuses, entity tags, pages, and that a request sent twice is made once."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.orders import store as orders
from chalicelib.products import store as products
from chassis import clock
from chassis.writes import Count
from infra.apps_in_process import load_apps
from tests import builders
from tests.gateway import ask, lasting_shop
from tests.shop import Answer, Shop

PRICE = {"amount": 349, "currency": "USD"}
numbers = count()


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


def new(kind: str) -> str:
    return f"{kind}-{next(numbers)}"


def a_product(shop: Shop, **changes: Any) -> str:
    sku = changes.setdefault("sku", new("sku"))
    assert shop.call("POST", "/products", {"name": "Tea", "price": PRICE} | changes).status == 201
    return str(sku)


def a_customer(shop: Shop) -> str:
    return shop.customer(new("ada"))


def place(shop: Shop, customer: str, *skus: str, **headers: str) -> Answer:
    lines = [{"sku": sku, "quantity": 1} for sku in skus]
    return shop.call("POST", "/orders", {"customer_id": customer, "lines": lines}, **headers)


@pytest.fixture(scope="module")
def ada(shop: Shop) -> str:
    """A customer of whom orders has heard, and of the product "tea"."""
    a_product(shop, sku="tea")
    customer = a_customer(shop)
    shop.settle()
    return customer


def walk(shop: Shop, path: str, limit: int) -> list[Any]:
    """What a list shows, page by page."""
    shown, cursor = [], ""
    while True:
        page = shop.call("GET", f"{path}limit={limit}{cursor}").body
        assert 0 < len(page["items"]) <= limit
        shown += page["items"]
        if "next_cursor" not in page:
            return shown
        cursor = f"&cursor={page['next_cursor']}"


# what was made, and where it is


def test_what_was_made_is_answered_with_its_place_and_its_version(shop: Shop) -> None:
    made = shop.call("POST", "/products", {"sku": new("sku"), "name": "Tea", "price": PRICE})
    assert (made.status, made.headers["ETag"]) == (201, '"1"')
    found = shop.call("GET", made.headers["Location"])
    assert (found.status, found.body, found.headers["ETag"]) == (200, made.body, '"1"')


def test_a_customer_that_was_registered_is_found_by_its_id_and_as_oneself(shop: Shop) -> None:
    id, body = new("x"), {"email": "x@example.com", "name": "Ada"}
    made = shop.call("PUT", f"/customers/{id}", body, by=f"customer:{id}")
    assert (made.status, made.headers["ETag"], made.body["id"]) == (200, '"1"', id)
    for path in (f"/customers/{id}", "/customers/me"):
        assert shop.call("GET", path, by=f"customer:{id}").body == made.body


def test_a_customer_that_registers_again_stays_as_it_is(shop: Shop) -> None:
    id, body = new("x"), {"email": "x@example.com", "name": "Ada"}
    once, again = (
        shop.call("PUT", "/customers/me", body | {"name": name}, by=f"customer:{id}") for name in ("Ada", "Eve")
    )
    assert (again.status, again.body) == (200, once.body)


def test_an_order_is_accepted_and_what_becomes_of_it_is_where_the_answer_says(shop: Shop, ada: str) -> None:
    placed = place(shop, ada, "tea")
    assert (placed.status, placed.body["status"]) == (202, "placed")
    assert shop.call("GET", placed.headers["Location"]).body == placed.body


def test_what_takes_away_answers_with_nothing(shop: Shop) -> None:
    sku, customer = a_product(shop), a_customer(shop)
    for path in (f"/products/{sku}", f"/customers/{customer}"):
        gone = shop.call("DELETE", path, if_match='"1"')
        assert (gone.status, gone.body) == (204, None)


def test_taking_away_twice_is_taking_away_once(shop: Shop) -> None:
    sku, customer = a_product(shop), a_customer(shop)
    for path in (f"/products/{sku}", f"/customers/{customer}"):
        assert shop.call("DELETE", path, if_match='"1"').status == 204
        assert shop.call("DELETE", path, if_match='"2"').status == 204
        assert shop.call("DELETE", path, if_match="*").status == 204
        assert shop.call("GET", path).headers["ETag"] == '"2"'
    assert shop.call("GET", f"/products/{sku}").body["status"] == "archived"
    assert shop.call("GET", f"/customers/{customer}").body["status"] == "deactivated"


def test_cancelling_twice_is_cancelling_once(shop: Shop, ada: str) -> None:
    path = place(shop, ada, "tea").headers["Location"]
    once, again = (shop.call("POST", f"{path}/cancel") for _ in range(2))
    assert (once.status, once.body["status"], once.body["reason"]) == (200, "cancelled", "by_staff")
    assert again.body == once.body


@pytest.mark.parametrize(
    ("name", "route", "allowed"),
    [
        ("customers", "/customers", {"POST", "OPTIONS"}),
        ("customers", "/customers/{customer_id}", {"PUT", "GET", "PATCH", "DELETE", "OPTIONS"}),
        ("orders", "/orders", {"GET", "POST", "OPTIONS"}),
        ("products", "/products/{sku}/stock", {"GET", "OPTIONS"}),
    ],
)
def test_a_method_that_a_route_has_not_is_refused_with_those_it_has(
    shop: Shop, name: str, route: str, allowed: set[str]
) -> None:
    refused = ask(load_apps()[name].app, "TRACE", route, {"customer_id": "x", "sku": "x"})
    assert (refused.status, refused.headers["content-type"]) == (405, "application/problem+json")
    assert set(refused.headers["allow"].split(", ")) == allowed
    assert refused.body["title"] == "Method Not Allowed"


# versions


def test_a_read_of_what_one_has_is_answered_without_a_body(shop: Shop) -> None:
    path = f"/products/{a_product(shop)}"
    for tag in ('"1"', 'W/"1"', '"0", "1"', "*"):
        same = shop.call("GET", path, if_none_match=tag)
        assert (same.status, same.body, same.headers["ETag"]) == (304, None, '"1"')
    assert shop.call("GET", path, if_none_match='"2"').status == 200


def test_a_change_without_the_version_it_is_for_is_refused(shop: Shop) -> None:
    sku, customer = a_product(shop), a_customer(shop)
    for path in (f"/products/{sku}", f"/customers/{customer}"):
        for method, body in (("PATCH", {"name": "New"}), ("DELETE", None)):
            refused = shop.call(method, path, body)
            assert (refused.status, refused.body["errors"][0]["header"]) == (428, "If-Match")
        assert shop.call("GET", path).headers["ETag"] == '"1"'


def test_a_change_for_an_older_version_is_refused(shop: Shop) -> None:
    sku, customer = a_product(shop), a_customer(shop)
    for path in (f"/products/{sku}", f"/customers/{customer}"):
        changed = shop.call("PATCH", path, {"name": "New"}, if_match='"1"')
        assert (changed.status, changed.headers["ETag"], changed.body["version"]) == (200, '"2"', 2)
        for method, body in (("PATCH", {"name": "Newer"}), ("DELETE", None)):
            refused = shop.call(method, path, body, if_match='"1"')
            assert (refused.status, refused.body["errors"][0]["header"]) == (412, "If-Match")
        assert shop.call("GET", path).body == changed.body


def test_a_weak_tag_is_not_enough_for_a_change(shop: Shop) -> None:
    assert shop.call("PATCH", f"/products/{a_product(shop)}", {"name": "New"}, if_match='W/"1"').status == 412


def test_what_is_not_there_is_not_found_whatever_the_version(shop: Shop) -> None:
    for path in ("/products/none", "/customers/none"):
        assert shop.call("PATCH", path, {"name": "New"}, if_match='"1"').status == 404
        assert shop.call("DELETE", path, if_match="*").status == 404


# patches


def test_a_patch_changes_what_it_names_and_null_takes_away(shop: Shop) -> None:
    path = f"/products/{a_product(shop, description='Black', category='tea', attributes={'from': 'Assam'})}"
    changed = shop.call("PATCH", path, {"description": None, "name": "Assam"}, if_match='"1"').body
    assert "description" not in changed
    assert (changed["name"], changed["category"], changed["attributes"]) == ("Assam", "tea", {"from": "Assam"})
    refused = shop.call("PATCH", path, {"name": None}, if_match='"2"')
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "#/name")


def test_a_patch_that_changes_nothing_is_no_new_version(shop: Shop) -> None:
    home = {"recipient": "Ada", "line1": "Main Street 1", "city": "Bern", "country": "CH"}
    path = f"/customers/{a_customer(shop)}"
    first = shop.call("PATCH", path, {"phone": "+49 1234", "addresses": [home]}, if_match='"1"')
    for body in ({}, {"phone": "+49 1234"}, {"addresses": [home]}):
        assert shop.call("PATCH", path, body, if_match='"2"').body == first.body
    assert "phone" not in shop.call("PATCH", path, {"phone": None}, if_match='"2"').body


def test_a_customer_that_was_deactivated_can_not_be_changed(shop: Shop) -> None:
    path = f"/customers/{a_customer(shop)}"
    shop.call("DELETE", path, if_match="*")
    assert shop.call("PATCH", path, {"name": "New"}, if_match="*").status == 409


# one of a kind


def test_a_sku_is_given_once(shop: Shop) -> None:
    sku = a_product(shop)
    taken = shop.call("POST", "/products", {"sku": sku, "name": "Other", "price": PRICE})
    assert (taken.status, taken.body["errors"][0]["pointer"]) == (409, "#/sku")
    assert shop.call("GET", f"/products/{sku}").body["name"] == "Tea"


# a request that is sent again


def test_an_order_sent_again_with_its_key_is_the_same_order(shop: Shop, ada: str) -> None:
    key = new("key")
    placed, again = (place(shop, ada, "tea", idempotency_key=key) for _ in range(2))
    assert (again.status, again.body, again.headers["Location"]) == (202, placed.body, placed.headers["Location"])
    shop.call("POST", f"{placed.headers['Location']}/cancel")
    shop.settle()
    assert place(shop, ada, "tea", idempotency_key=f'"{key}"').body == placed.body  # whatever became of it
    assert (
        len([order for order in walk(shop, f"/orders?customer_id={ada}&", 100) if order["id"] == placed.body["id"]])
        == 1
    )


def test_a_key_sent_with_another_order_is_refused(shop: Shop, ada: str) -> None:
    a_product(shop, sku="mug")
    shop.settle()
    key = new("key")
    place(shop, ada, "tea", idempotency_key=key)
    for skus in (["mug"], ["tea", "mug"]):
        refused = place(shop, ada, *skus, idempotency_key=key)
        assert (refused.status, refused.body["errors"][0]["header"]) == (422, "Idempotency-Key")


def test_the_same_key_of_another_customer_is_another_order(shop: Shop, ada: str) -> None:
    bob, key = a_customer(shop), new("key")
    shop.settle()
    one, other = (place(shop, customer, "tea", idempotency_key=key) for customer in (ada, bob))
    assert (one.status, other.status) == (202, 202)
    assert one.body["id"] != other.body["id"]


def test_without_a_key_the_same_order_is_placed_twice(shop: Shop, ada: str) -> None:
    one, other = place(shop, ada, "tea"), place(shop, ada, "tea")
    assert one.body["id"] != other.body["id"]


def test_what_was_made_with_a_key_is_made_once(shop: Shop) -> None:
    key, sku = new("key"), a_product(shop)
    requests: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("/products", {"sku": new("sku"), "name": "Tea", "price": PRICE}, {"name": "Mug"}),
        (f"/products/{sku}/stock-adjustments", {"delta": 5, "reason": "delivery"}, {"delta": 6}),
    ]
    for path, body, changes in requests:
        made, again = (shop.call("POST", path, body, idempotency_key=key) for _ in range(2))
        assert (made.status, again.status, again.body) == (201, 201, made.body)
        assert shop.call("POST", path, body | changes, idempotency_key=key).status == 422
    assert shop.call("GET", f"/products/{sku}/stock").body["on_hand"] == 5


def test_a_request_that_was_refused_may_be_sent_again_with_its_key(shop: Shop, ada: str) -> None:
    key, sku = new("key"), new("later")
    assert place(shop, ada, sku, idempotency_key=key).status == 422
    a_product(shop, sku=sku)
    shop.settle()
    assert place(shop, ada, sku, idempotency_key=key).status == 202


# lists


def test_a_list_walked_one_by_one_shows_each_once_in_its_order(shop: Shop) -> None:
    category = new("category")
    skus = sorted(a_product(shop, category=category, sku=new("walk")) for _ in range(7))
    for limit in (1, 2, 7, 100):
        assert [each["sku"] for each in walk(shop, f"/products?category={category}&", limit)] == skus


def test_orders_are_listed_the_newest_first(shop: Shop) -> None:
    bob, began = a_customer(shop), datetime.now(UTC)
    a_product(shop, sku=(sku := new("sku")))
    shop.settle()
    ids = []
    for minutes in (3, 1, 5, 2, 4):
        clock.use(lambda minutes=minutes: began + timedelta(minutes=minutes))  # type: ignore[misc]  # bound at once
        ids.append(place(shop, bob, sku).body["id"])
    expected = [ids[place] for place in (2, 4, 0, 3, 1)]
    for limit in (1, 2, 5):
        assert [each["id"] for each in walk(shop, f"/orders?customer_id={bob}&", limit)] == expected


def test_nobody_has_orders_that_are_not_his(shop: Shop) -> None:
    assert shop.call("GET", f"/orders?customer_id={a_customer(shop)}").body == {"items": []}


def test_a_cursor_leads_on_in_its_own_list_only(shop: Shop, ada: str) -> None:
    category, other = new("category"), a_customer(shop)
    for _ in range(2):
        a_product(shop, category=category)
        place(shop, ada, "tea")
    products = shop.call("GET", f"/products?category={category}&limit=1").body["next_cursor"]
    orders = shop.call("GET", f"/orders?customer_id={ada}&limit=1").body["next_cursor"]
    for path in (
        f"/products?cursor={products}",
        f"/products?category={category}x&cursor={products}",
        f"/catalogue?category={category}&status=draft&cursor={products}",
        f"/products?category={category}&cursor={orders}",
        f"/orders?customer_id={other}&cursor={orders}",
        f"/orders?customer_id={ada}&cursor={products}",
    ):
        refused = shop.call("GET", path)
        assert (refused.status, refused.body["errors"][0]["parameter"]) == (422, "cursor")


def test_a_list_has_no_product_of_another_status(shop: Shop) -> None:
    category = new("category")
    sku = a_product(shop, category=category)
    a_product(shop, category=category, status="draft")
    assert [each["sku"] for each in walk(shop, f"/products?category={category}&", 10)] == [sku]
    shop.call("DELETE", f"/products/{sku}", if_match="*")
    assert shop.call("GET", f"/products?category={category}").body == {"items": []}
    assert [each["sku"] for each in walk(shop, f"/catalogue?category={category}&status=archived&", 10)] == [sku]


# the largest order


def test_an_order_of_99_lines_is_reserved_and_confirmed_like_any_other(shop: Shop, ada: str) -> None:
    skus = [new("many") for _ in range(99)]
    for sku in skus:  # the short way: this is about the order
        products.add_product(builders.a_product(sku=sku))
        products.TABLE.write(Count(products.stocks.key(sku), {"on_hand": 1, "available": 1}))
        orders.keep_product(builders.a_known_product(sku))
    shop.take("products")  # and what it tells is known already
    placed = place(shop, ada, *skus)
    assert (placed.status, placed.body["total"]["amount"]) == (202, 99 * 349)
    shop.settle()
    path = placed.headers["Location"]
    assert shop.call("GET", path).body["status"] == "confirmed"
    assert stocks(skus) == {(1, 1, 0)}
    shop.call("POST", f"{path}/cancel")
    shop.settle()
    assert stocks(skus) == {(1, 0, 1)}


def stocks(skus: Iterable[str]) -> set[tuple[int, int, int]]:
    """On hand, reserved, available."""
    found = products.TABLE.get_many(map(products.stocks.key, skus)).values()
    return {(each["on_hand"], each["reserved"], each["available"]) for each in found}
