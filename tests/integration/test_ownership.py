"""What is somebody's own: `me`, keys of requests, places in lists, and for whom an order is."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.gateway import lasting_shop
from tests.shop import Answer, Shop, alike
from tests.tokens import STAFF, bearer

PRICE = {"amount": 349, "currency": "USD"}
OTHER_STAFF = "staff:7c5f4b1e-0000-4000-8000-00000000000f"
SERVICE = "service:7c5f4b1e-0000-4000-8000-000000000002"
ADA, BOB = "customer:ada", "customer:bob"
ONE_TEA = [{"sku": "tea", "quantity": 1}]
numbers = count()


def new(kind: str) -> str:
    return f"{kind}-{next(numbers)}"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        assert shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": PRICE}).status == 201
        for name in ("ada", "bob"):
            shop.customer(name)
        shop.settle()
        yield shop


@pytest.fixture(autouse=True)
def _as_often_as_wanted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_PLACING_LIMIT", "1000/1")


def place(shop: Shop, by: str, customer: str | None = None, key: str = "", lines: Any = ONE_TEA) -> Answer:
    body = {"lines": lines} | ({"customer_id": customer} if customer else {})
    return shop.call("POST", "/orders", body, by=by, **({"idempotency_key": key} if key else {}))


def flaw(answer: Answer) -> dict[str, str]:
    """Where the fault is said to be, and nothing of what is said of it."""
    [error] = answer.body["errors"]
    return {place: at for place, at in error.items() if place != "detail"}


def orders_of(shop: Shop, customer: str) -> set[str]:
    return {each["id"] for each in shop.call("GET", f"/orders?customer_id={customer}&limit=100").body["items"]}


# me


def test_me_is_whoever_calls(shop: Shop) -> None:
    one, other = (f"customer:{shop.customer(new('me'))}" for _ in range(2))
    for caller in (one, other):
        assert shop.call("GET", "/customers/me", by=caller).body["id"] == caller.removeprefix("customer:")
    changed = shop.call("PATCH", "/customers/me", {"name": "Only one"}, by=one, if_match="*")
    assert (changed.status, changed.body["id"]) == (200, one.removeprefix("customer:"))
    assert shop.call("DELETE", "/customers/me", by=one, if_match="*").status == 204
    untouched = shop.call("GET", "/customers/me", by=other).body
    assert (untouched["version"], untouched["status"]) == (1, "active")


def test_me_is_nobodys_name(shop: Shop) -> None:
    """Staff are no customers; and nobody is registered under the word itself."""
    for by in (STAFF, SERVICE):
        assert shop.call("GET", "/customers/me", by=by).status == 404
        assert shop.call("DELETE", "/customers/me", by=by, if_match="*").status == 404
    assert shop.item("customers", "customer#me") == {}


def test_whoever_registers_is_who_signed_in_and_nobody_else(shop: Shop) -> None:
    body = {"email": f"{new('x')}@example.com", "name": "Ada"}
    me = new("subject")
    assert shop.call("PUT", f"/customers/{me}", body, by=f"customer:{me}").body["id"] == me
    for by in (ADA, STAFF, SERVICE):
        refused = shop.call("PUT", f"/customers/{me}x", body, by=by)
        assert refused.status == 404
    assert shop.item("customers", f"customer#{me}x") == {}


def test_registering_again_changes_nothing(shop: Shop) -> None:
    me = shop.customer(new("again"))
    before = shop.call("GET", f"/customers/{me}", by=f"customer:{me}").body
    for name in ("Other", before["name"]):
        again = shop.call("PUT", "/customers/me", {"email": "other@example.com", "name": name}, by=f"customer:{me}")
        assert (again.status, again.body) == (200, before)


# for whom an order is


def test_a_customer_orders_for_itself_and_names_nobody(shop: Shop) -> None:
    assert place(shop, ADA).body["customer_id"] == "ada"
    before = orders_of(shop, "ada"), orders_of(shop, "bob")
    for named in ("ada", "bob", "nobody"):
        refused = place(shop, ADA, named)
        assert (refused.status, flaw(refused)) == (422, {"pointer": "#/customer_id"})
    assert (orders_of(shop, "ada"), orders_of(shop, "bob")) == before


def test_staff_says_for_whom_it_orders(shop: Shop) -> None:
    for by in (STAFF, SERVICE):
        assert place(shop, by, "ada").body["customer_id"] == "ada"
        for named in (None, "nobody"):
            refused = place(shop, by, named)
            assert (refused.status, flaw(refused)) == (422, {"pointer": "#/customer_id"})


def test_a_customer_sees_its_own_orders_and_of_another_not_even_that_there_is_one(shop: Shop) -> None:
    mine, anothers = place(shop, ADA).body["id"], place(shop, BOB).body["id"]
    for path in ("/orders?limit=100", "/orders?limit=100&customer_id=ada"):
        listed = shop.call("GET", path, by=ADA)
        assert listed.status == 200
        assert mine in {each["id"] for each in listed.body["items"]}
        assert {each["customer_id"] for each in listed.body["items"]} == {"ada"}
    said = []
    for named in ("bob", "nobody"):
        refused = shop.call("GET", f"/orders?customer_id={named}", by=ADA)
        assert refused.body.pop("instance")
        said.append((refused.status, json.dumps(refused.body).replace(named, "it")))
    assert said[0] == said[1]
    assert said[0][0] == 404
    assert anothers not in json.dumps(said)


def test_staff_says_whose_orders_it_wants(shop: Shop) -> None:
    mine = place(shop, ADA).body["id"]
    for by in (STAFF, SERVICE):
        refused = shop.call("GET", "/orders", by=by)
        assert (refused.status, flaw(refused)) == (422, {"parameter": "customer_id"})
        listed = shop.call("GET", "/orders?limit=100&customer_id=ada", by=by)
        assert mine in {each["id"] for each in listed.body["items"]}
        assert shop.call("GET", "/orders?customer_id=nobody", by=by).body == {"items": []}


# keys of requests


def test_an_order_is_met_again_by_whoever_placed_it_and_nobody_else(shop: Shop) -> None:
    """A key is its caller's own: staff has other keys than the customer that it orders for, and than other staff."""
    key, for_ada = new("key"), [(by, "ada") for by in (STAFF, OTHER_STAFF, SERVICE)]
    callers = [(ADA, None), (BOB, None), (STAFF, "bob"), *for_ada]
    placed = [place(shop, by, customer, key) for by, customer in callers]
    assert [each.status for each in placed] == [202] * len(callers)
    assert len({each.body["id"] for each in placed}) == len(callers)
    for (by, customer), first in zip(callers, placed, strict=True):
        again = place(shop, by, customer, key)
        assert (again.status, again.body, again.headers["Location"]) == (202, first.body, first.headers["Location"])


def test_anothers_key_with_another_order_is_no_conflict_that_would_tell_of_it(shop: Shop) -> None:
    key, two = new("key"), [{"sku": "tea", "quantity": 2}]
    first = place(shop, ADA, key=key)
    assert place(shop, ADA, key=key, lines=two).status == 422
    for by, customer in ((BOB, None), (STAFF, "ada")):
        placed = place(shop, by, customer, key, two)
        assert (placed.status, placed.body["lines"][0]["quantity"]) == (202, 2)
        assert placed.body["id"] != first.body["id"]


def test_a_product_is_met_again_by_whoever_added_it_and_nobody_else(shop: Shop) -> None:
    key, body = new("key"), {"sku": new("sku"), "name": "Tea", "price": PRICE}
    added = shop.call("POST", "/products", body, by=STAFF, idempotency_key=key)
    again = shop.call("POST", "/products", body, by=STAFF, idempotency_key=key)
    assert (again.status, again.body, again.headers) == (201, added.body, again.headers | {"ETag": '"1"'})
    for by in (OTHER_STAFF, SERVICE):
        taken = shop.call("POST", "/products", body, by=by, idempotency_key=key)
        assert (taken.status, flaw(taken)) == (409, {"pointer": "#/sku"})
        own = shop.call("POST", "/products", body | {"sku": new("sku")}, by=by, idempotency_key=key)
        assert own.status == 201  # its key was used for nothing yet
    assert shop.call("POST", "/products", body, by=ADA, idempotency_key=key).status == 403


def test_an_adjustment_is_met_again_by_whoever_made_it_and_nobody_else(shop: Shop) -> None:
    sku, key, body = new("sku"), new("key"), {"delta": 5, "reason": "delivery"}
    assert shop.call("POST", "/products", {"sku": sku, "name": "Tea", "price": PRICE}).status == 201
    path = f"/products/{sku}/stock-adjustments"
    made = {by: shop.call("POST", path, body, by=by, idempotency_key=key) for by in (STAFF, OTHER_STAFF, SERVICE)}
    assert {each.status for each in made.values()} == {201}
    assert len({each.body["id"] for each in made.values()}) == 3
    for by, first in made.items():
        assert shop.call("POST", path, body, by=by, idempotency_key=key).body == first.body
    assert shop.call("POST", path, body, by=ADA, idempotency_key=key).status == 403
    assert shop.call("GET", f"/products/{sku}/stock").body["on_hand"] == 15


def test_a_key_by_which_one_stock_was_adjusted_adjusts_no_other(shop: Shop) -> None:
    tea, jam, key, body = new("sku"), new("sku"), new("key"), {"delta": 5, "reason": "delivery"}
    for sku in (tea, jam):
        assert shop.call("POST", "/products", {"sku": sku, "name": "Tea", "price": PRICE}).status == 201
    statuses = [
        shop.call("POST", f"/products/{sku}/stock-adjustments", body, idempotency_key=key).status
        for sku in (tea, jam, tea)
    ]
    assert statuses == [201, 422, 201]
    assert [shop.call("GET", f"/products/{sku}/stock").body["on_hand"] for sku in (tea, jam)] == [5, 0]


# places in lists


@pytest.fixture
def cursors(shop: Shop) -> dict[str, str]:
    """The place after the first order, of each customer."""
    found = {}
    for by in (ADA, BOB):
        for _ in range(2):
            place(shop, by)
        found[by] = str(shop.call("GET", "/orders?limit=1", by=by).body["next_cursor"])
    return found


def test_a_place_in_ones_own_list_leads_nobody_else_anywhere(shop: Shop, cursors: dict[str, str]) -> None:
    for by, other in ((ADA, BOB), (BOB, ADA)):
        assert shop.call("GET", f"/orders?cursor={cursors[by]}", by=by).status == 200
        refused = shop.call("GET", f"/orders?cursor={cursors[by]}", by=other)
        assert (refused.status, flaw(refused)) == (422, {"parameter": "cursor"})
        named = f"/orders?cursor={cursors[by]}&customer_id={by.removeprefix('customer:')}"
        assert shop.call("GET", named, by=other).status == 404


def test_staff_goes_on_in_the_list_that_a_place_is_of_and_in_no_other(shop: Shop, cursors: dict[str, str]) -> None:
    on = shop.call("GET", f"/orders?customer_id=ada&cursor={cursors[ADA]}").body
    assert on == shop.call("GET", f"/orders?cursor={cursors[ADA]}", by=ADA).body
    assert shop.call("GET", f"/orders?customer_id=bob&cursor={cursors[ADA]}").status == 422
    mine = shop.call("GET", "/orders?customer_id=ada&limit=1").body["next_cursor"]
    assert shop.call("GET", f"/orders?cursor={mine}", by=ADA).status == 200
    assert shop.call("GET", f"/orders?cursor={mine}", by=BOB).status == 422


def test_a_place_in_the_catalogue_leads_nobody_into_a_list_of_drafts(shop: Shop) -> None:
    for _ in range(2):
        body = {"sku": new("draft"), "name": "Tea", "price": PRICE, "status": "draft"}
        assert shop.call("POST", "/products", body).status == 201
    drafts = shop.call("GET", "/catalogue?status=draft&limit=1").body["next_cursor"]
    assert shop.call("GET", f"/catalogue?status=draft&cursor={drafts}").status == 200
    refused = shop.call("GET", f"/products?cursor={drafts}", by="")
    assert (refused.status, flaw(refused)) == (422, {"parameter": "cursor"})


# what a draft is to whoever is not staff


def test_a_draft_is_answered_as_a_product_that_is_not_there(shop: Shop) -> None:
    sku = new("draft")
    body = {"sku": sku, "name": "Secret", "price": PRICE, "status": "draft"}
    assert shop.call("POST", "/products", body).status == 201
    shop.settle()
    for path in ("/products/{}", "/products/{}/stock"):
        for by in ("", ADA, STAFF):
            said = []
            for name in (sku, "nothing"):
                answer = shop.call("GET", path.format(name), by=by)
                assert answer.body.pop("instance")
                said.append((answer.status, alike(answer.headers), json.dumps(answer.body).replace(name, "it")))
            assert said[0] == said[1]
            assert said[0][0] == 404
    refused = [place(shop, ADA, lines=[{"sku": name, "quantity": 1}]) for name in (sku, "nothing")]
    assert [each.status for each in refused] == [422, 422]
    assert json.dumps(refused[0].body["errors"]).replace(sku, "nothing") == json.dumps(refused[1].body["errors"])


# what the log keeps of a no


def test_every_no_is_in_the_log_with_who_and_without_what_was_shown_for_it(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    ada_at = "ada@example.com"
    bob = place(shop, BOB).body["id"]
    asked: list[tuple[str, str, Any, str, str]] = [
        ("POST", "/products", {"sku": "x", "name": "X", "price": PRICE}, ADA, ADA),
        ("GET", f"/orders/{bob}", None, ADA, ADA),
        ("GET", f"/customers/{ada_at}", None, BOB, BOB),
        ("GET", f"/orders?customer_id={ada_at}", None, BOB, BOB),
        ("POST", "/orders", {"lines": ONE_TEA}, "customer:stranger", "customer:stranger"),
        ("POST", "/sessions", {"email": ada_at, "password": "Wrong-password-1"}, "", "nobody"),
        ("POST", "/sessions/refresh", {"refresh_token": "no-such-token"}, "", "nobody"),
    ]
    for method, path, body, by, actor in asked:
        capsys.readouterr()
        assert shop.call(method, path, body, by=by).status in (401, 403, 404), path
        out = capsys.readouterr().out
        [denied] = [line for line in map(json.loads, out.splitlines()) if line["message"] == "denied"]
        assert (denied["actor"], denied["level"]) == (actor, "warning"), path
        for secret in (ada_at, "Wrong-password", "no-such-token", *(bearer(by).split(".") if by else ())):
            assert secret not in out, path
