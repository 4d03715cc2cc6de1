"""Every fact is told with who brought it about: whoever was at the door, or nobody but the clock."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest

from chassis import auth, clock
from chassis.inbox import NotHeard
from infra.contracts.capabilities import capabilities
from tests.access import DOORS
from tests.gateway import lasting_shop
from tests.racing import race
from tests.shop import CONTEXT, Answer, Shop
from tests.tokens import STAFF
from tests.visit import TAP, drained, tap_all_topics

OTHER = "staff:7c5f4b1e-0000-4000-8000-00000000000f"
SERVICE = "service:7c5f4b1e-0000-4000-8000-000000000002"
PRICE = {"amount": 349, "currency": "USD"}
PASSWORD = "Correct-horse-1"
# What each door that may change something tells, and what others tell because of it.
TOLD: dict[str, set[str]] = {
    "POST /customers": {"CustomerRegistered"},
    "PUT /customers/{customer_id}": {"CustomerRegistered"},
    "PATCH /customers/{customer_id}": {"CustomerRevised"},
    "DELETE /customers/{customer_id}": {"CustomerDeactivated", "SignedOut"},
    "DELETE /customers/{customer_id}/personal-data": {"CustomerDeactivated", "CustomerErased", "SignedOut"},
    "POST /sessions": set(),
    "POST /sessions/refresh": set(),
    "DELETE /sessions": {"SignedOut"},
    "POST /orders": {"OrderPlaced", "StockReserved", "OrderConfirmed"},
    "POST /orders/{order_id}/cancel": {"OrderCancelled", "StockReleased"},
    "POST /products": {"ProductAdded"},
    "PATCH /products/{sku}": {"ProductRevised", "PriceChanged", "ProductUnpublished"},
    "DELETE /products/{sku}": {"ProductArchived"},
    "POST /products/{sku}/stock-adjustments": {"StockAdjusted"},
}
ELSEWHERE = {"ProductPublished", "StockRefused", "OrderRejected"}  # told below
numbers = count()


class Fact(NamedTuple):
    name: str
    subject: str
    actor: str


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        tap_all_topics(shop)
        a_product(shop, "tea", 1000)
        shop.settle()
        yield shop


@pytest.fixture(autouse=True)
def _all_is_told(shop: Shop) -> None:
    clock.use(None, lambda seconds: None)
    told(shop)


def new(kind: str) -> str:
    return f"{kind}-{next(numbers)}"


def told(shop: Shop) -> set[Fact]:
    """All that was published since the last look, once nothing moves any more."""
    shop.settle()
    envelopes = (json.loads(json.loads(message)["Body"]) for message in drained(shop, TAP))
    events = [json.loads(each["Message"]) for each in envelopes]
    return {Fact(each["type"].split(".")[2], each["subject"], each["actor"]) for each in events}


def a_product(shop: Shop, sku: str, units: int = 0, **details: Any) -> str:
    body = {"sku": sku, "name": sku, "price": PRICE} | details
    assert shop.call("POST", "/products", body).status == 201
    if units:
        adjusted = {"delta": units, "reason": "delivery"}
        assert shop.call("POST", f"/products/{sku}/stock-adjustments", adjusted).status == 201
    return sku


def a_customer(shop: Shop) -> str:
    customer = shop.customer(new("ada"))
    shop.settle()
    return customer


def order(shop: Shop, customer: str, by: str, quantity: int = 1, sku: str = "tea") -> str:
    named = {} if by.startswith("customer") else {"customer_id": customer}
    placed = shop.call("POST", "/orders", {"lines": [{"sku": sku, "quantity": quantity}]} | named, by=by)
    assert placed.status == 202
    return str(placed.body["id"])


def act(shop: Shop, door: str, by: str, customer: str, id: str, sku: str) -> Answer:
    """The caller does what the door is for, to things that are there."""
    method, _, path = door.format(customer_id=customer, order_id=id, sku=sku).partition(" ")
    bodies: dict[str, Any] = {
        "PUT /customers/{customer_id}": {"email": "x@example.com", "name": "X"},
        "PATCH /customers/{customer_id}": {"name": "Other"},
        "POST /orders": {"lines": [{"sku": "tea", "quantity": 1}]}
        | ({} if by.startswith("customer") else {"customer_id": customer}),
        "POST /products": {"sku": new("sku"), "name": "New", "price": PRICE},
        "PATCH /products/{sku}": {"name": "Other", "price": PRICE | {"amount": 1}, "status": "draft"},
        "POST /products/{sku}/stock-adjustments": {"delta": 1, "reason": "delivery"},
    }
    return shop.call(method, path, bodies.get(door), by=by, if_match="*")


def test_it_is_said_of_every_door_what_it_tells() -> None:
    assert TOLD.keys() == {door for door in DOORS if not door.startswith("GET")}
    every_fact = {fact.__name__ for each in capabilities().values() for fact in each.facts.values()}
    assert set().union(*TOLD.values()) | ELSEWHERE == every_fact


STAFF_MAY = [
    door for door in TOLD if DOORS[door][1].role != "public" and door.split()[0] != "PUT" and "sessions" not in door
]
CUSTOMERS_MAY = [door for door in TOLD if DOORS[door][1].role == "customer" and door.split()[0] != "PUT"]


@pytest.mark.parametrize("by", [STAFF, SERVICE])
def test_what_staff_does_is_told_as_staffs_doing_to_the_last_consequence(shop: Shop, by: str) -> None:
    everything_done_is_told_of(shop, STAFF_MAY, dict.fromkeys(STAFF_MAY, by))


def test_what_a_customer_does_is_told_as_its_own_doing_to_the_last_consequence(shop: Shop) -> None:
    everything_done_is_told_of(shop, CUSTOMERS_MAY, {})


def everything_done_is_told_of(shop: Shop, doors: list[str], by: dict[str, str]) -> None:
    """Each door with a customer, an order and a product of its own, which are none of the doing that is looked at."""
    customers = {door: shop.customer(new("ada")) for door in doors}
    skus = {door: a_product(shop, new("sku")) for door in doors}
    shop.settle()
    who = {door: by.get(door, f"customer:{customers[door]}") for door in doors}
    orders = {door: order(shop, customers[door], OTHER) for door in doors}
    told(shop)
    for door in doors:
        answer = act(shop, door, who[door], customers[door], orders[door], skus[door])
        assert answer.status < 300, (door, answer.body)
    facts = told(shop)
    for door in doors:
        assert {fact.name for fact in facts if fact.actor == who[door]} >= TOLD[door]
    assert {fact.name for fact in facts} == set().union(*(TOLD[door] for door in doors))
    assert {fact.actor for fact in facts} == set(who.values())


def test_whoever_signs_up_or_registers_is_who_acts(shop: Shop) -> None:
    shop.customer("grace")
    body = {"email": f"{new('x')}@example.com", "name": "Ada", "password": PASSWORD}
    assert shop.call("POST", "/customers", body, by="").status == 202
    facts = told(shop)
    assert {fact.name for fact in facts} == {"CustomerRegistered"}
    assert len(facts) == 2
    assert all(fact.actor == f"customer:{fact.subject}" for fact in facts)


def test_what_changes_nothing_is_told_by_nobody(shop: Shop) -> None:
    body = {"email": f"{new('x')}@example.com", "name": "Ada", "password": PASSWORD}
    assert shop.call("POST", "/customers", body, by="").status == 202
    told(shop)
    assert shop.call("POST", "/customers", body, by="").status == 202
    session = shop.call("POST", "/sessions", {name: body[name] for name in ("email", "password")}, by="").body
    assert shop.call("POST", "/sessions/refresh", {"refresh_token": session["refresh_token"]}, by="").status == 200
    sku = a_product(shop, new("sku"))
    told(shop)
    assert shop.call("PATCH", f"/products/{sku}", {"name": sku}, if_match="*").status == 200
    assert shop.call("PATCH", f"/products/{sku}", {"name": "X"}, by="customer:ada", if_match="*").status == 403
    assert told(shop) == set()


def test_a_no_of_the_stock_is_told_as_the_doing_of_whoever_ordered(shop: Shop) -> None:
    customer, sku = a_customer(shop), a_product(shop, new("rare"), status="draft")
    assert shop.call("PATCH", f"/products/{sku}", {"status": "active"}, by=SERVICE, if_match="*").status == 200
    assert {(fact.name, fact.actor) for fact in told(shop)} >= {("ProductPublished", SERVICE)}
    id = order(shop, customer, f"customer:{customer}", sku=sku)
    assert told(shop) == {
        Fact(name, id, f"customer:{customer}") for name in ("OrderPlaced", "StockRefused", "OrderRejected")
    }


def test_whose_order_it_is_and_who_acted_are_two_things(shop: Shop) -> None:
    """Placed by the customer, cancelled by staff: each fact has its own actor."""
    customer = a_customer(shop)
    id = order(shop, customer, f"customer:{customer}")
    shop.settle()
    assert shop.call("POST", f"/orders/{id}/cancel", by=STAFF).body["reason"] == "by_staff"
    by = {fact.name: fact.actor for fact in told(shop) if fact.subject == id}
    assert by["OrderPlaced"] == by["StockReserved"] == by["OrderConfirmed"] == f"customer:{customer}"
    assert by["OrderCancelled"] == by["StockReleased"] == STAFF


def test_what_the_clock_brings_about_is_the_systems_doing(shop: Shop) -> None:
    customer = a_customer(shop)
    shop.down.add("products")
    id = order(shop, customer, f"customer:{customer}")
    told(shop)
    clock.use(lambda: datetime.now(UTC) + timedelta(minutes=2))
    shop.tick()
    assert told(shop) == {Fact("OrderPlaced", id, "system")}
    clock.use(lambda: datetime.now(UTC) + timedelta(hours=25))
    shop.tick()
    assert told(shop) == {Fact("OrderCancelled", id, "system")}
    shop.down.clear()
    by = {fact.name: fact.actor for fact in told(shop)}
    assert by["StockReleased"] == "system"
    assert {each["reason"] for each in shop.call("GET", f"/orders?customer_id={customer}").body["items"]} == {
        "timed_out"
    }


def test_messages_of_one_batch_keep_their_actors_apart(shop: Shop) -> None:
    one, other = a_customer(shop), a_customer(shop)
    told(shop)
    by = {order(shop, each, f"customer:{each}"): f"customer:{each}" for each in (one, other)}
    by[order(shop, one, STAFF)] = STAFF
    for record in shop.records("orders"):
        shop.apps["orders"].relay({"Records": [record]}, CONTEXT)
    messages = shop.messages("products")
    assert len(messages) == 3
    shop.apps["products"].inbox({"Records": messages}, CONTEXT)
    facts = told(shop)
    assert {(fact.subject, fact.actor) for fact in facts} == set(by.items())
    assert {fact.name for fact in facts} == {"OrderPlaced", "StockReserved", "OrderConfirmed"}


def test_nobody_acts_any_more_once_a_request_is_over_however_it_ended(shop: Shop) -> None:
    customer = a_customer(shop)
    for method, path, body in (
        ("GET", "/customers/me", None),
        ("GET", "/customers/none", None),
        ("POST", "/orders", []),
    ):
        shop.call(method, path, body, by=f"customer:{customer}")
        assert auth.acting() == "system"
    with pytest.raises(NotHeard):
        shop.apps["products"].inbox({"Records": [poison(customer)]}, CONTEXT)
    assert auth.acting() == "system"


def poison(customer: str) -> dict[str, Any]:
    body = {"id": "1", "type": "emporium.orders.OrderPlaced.v1", "actor": f"customer:{customer}"}
    return {"messageId": "m", "body": json.dumps(body), "attributes": {}}


def test_those_who_act_at_the_same_moment_do_not_act_for_each_other() -> None:
    def acting_as(actor: str) -> tuple[str, str, str]:
        with auth.on_behalf_of(actor):
            before = auth.acting()
            with auth.on_behalf_of(""):
                within = auth.acting()
            return before, within, auth.acting()

    actors = [f"customer:{number}" for number in range(8)]
    outcomes = race(*[lambda actor=actor: acting_as(actor) for actor in actors])
    assert outcomes == [(actor, "system", actor) for actor in actors]
