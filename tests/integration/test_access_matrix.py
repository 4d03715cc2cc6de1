"""Every door, knocked at by every kind of caller for every thing: who gets in is what tests/access says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chassis import clock
from infra.apps_in_process import load_apps
from tests.access import CALLERS, DOORS, RULES, Caller, Thing, expected, things
from tests.gateway import ask, lasting_shop
from tests.shop import Answer, Shop, alike
from tests.tokens import bearer

PRICE = {"amount": 349, "currency": "USD"}
PASSWORD = "Correct-horse-1"
NO_SUCH = "00000000-0000-4000-8000-00000000000x"
IDS = {"staff": "7c5f4b1e-0000-4000-8000-000000000001", "service": "7c5f4b1e-0000-4000-8000-000000000002"}
CELLS = [
    pytest.param(door, caller, thing, id=f"{door}, {caller}, {thing}")
    for door in sorted(RULES)
    for caller in CALLERS
    for thing in things(door, caller)
]
numbers = count()


def new(kind: str) -> str:
    return f"{kind}-{next(numbers)}"


@dataclass
class World:
    """A shop in which ada and dora each have an order; dora was deactivated since, and the refresh token is hers."""

    shop: Shop
    orders: dict[str, str]
    account: str
    refresh_token: str


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with lasting_shop() as shop:
        clock.use(None, lambda seconds: None)
        assert shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": PRICE}).status == 201
        adjusted = {"delta": 1000, "reason": "delivery"}
        assert shop.call("POST", "/products/tea/stock-adjustments", adjusted).status == 201
        account = "account@example.com"
        session = {"email": account, "password": PASSWORD}
        assert shop.call("POST", "/customers", session | {"name": "Ada"}, by="").status == 202
        signed_in = shop.call("POST", "/sessions", session, by="").body
        for name in ("ada", "bob", "dora"):
            shop.customer(name)
        shop.settle()
        orders = {name: order(shop, name) for name in ("ada", "bob", "dora")}
        deactivate(shop, "dora")
        shop.settle()
        yield World(shop, orders, account, signed_in["refresh_token"])


@pytest.fixture(autouse=True)
def _nobody_waits() -> None:
    clock.use(None, lambda seconds: None)


def order(shop: Shop, customer: str, quantity: int = 1) -> str:
    lines = [{"sku": "tea", "quantity": quantity}]
    placed = shop.call("POST", "/orders", {"customer_id": customer, "lines": lines})
    assert placed.status == 202
    return str(placed.body["id"])


def deactivate(shop: Shop, customer: str) -> None:
    """A while ago, so that a token of now was issued since; by staff who stays."""
    clock.use(lambda: datetime.now(UTC) - timedelta(seconds=10), lambda seconds: None)
    assert shop.call("DELETE", f"/customers/{customer}", by="staff:who-stays", if_match="*").status == 204
    clock.use(None, lambda seconds: None)


def somebody(world: World, caller: Caller, fresh: bool) -> str:
    """Who knocks, as `kind:id`; a fresh customer is one that no other cell has a hand in."""
    if caller in ("customer", "deactivated"):
        if not fresh:
            return f"customer:{'ada' if caller == 'customer' else 'dora'}"
        name = world.shop.customer(new(caller))
        if caller == "deactivated":
            deactivate(world.shop, name)
        return f"customer:{name}"
    return "" if caller == "nobody" else f"{caller}:{IDS[caller]}"


def names(world: World, door: str, by: str, thing: Thing) -> dict[str, str]:
    """What is put for the names in the door's path."""
    me = by.partition(":")[2]
    if thing == "missing":
        return dict.fromkeys(("customer_id", "order_id", "sku"), NO_SUCH)
    return {
        "customer_id": me if thing == "own" else world.shop.customer(new("another")) if "{customer_id}" in door else "",
        "order_id": world.orders.get(me if thing == "own" else "bob", ""),
        "sku": "tea" if door.startswith("GET") else product(world.shop) if "{sku}" in door else "",
    }


def product(shop: Shop) -> str:
    sku = new("sku")
    assert shop.call("POST", "/products", {"sku": sku, "name": "Tea", "price": PRICE}).status == 201
    return sku


def body(world: World, door: str, by: str) -> Any:
    """A body that is right."""
    person = {"email": f"{new('x')}@example.com", "name": "Ada"}
    staff = by.startswith(("staff", "service"))
    return {
        "POST /customers": person | {"password": PASSWORD},
        "PUT /customers/{customer_id}": person,
        "PATCH /customers/{customer_id}": {"name": "Ada L."},
        "POST /sessions": {"email": world.account, "password": PASSWORD},
        "POST /sessions/refresh": {"refresh_token": world.refresh_token},
        "POST /orders": {"lines": [{"sku": "tea", "quantity": 1}]} | ({"customer_id": "ada"} if staff else {}),
        "POST /products": {"sku": new("sku"), "name": "Tea", "price": PRICE},
        "PATCH /products/{sku}": {"name": "Green tea"},
        "POST /products/{sku}/stock-adjustments": {"delta": 1, "reason": "delivery"},
    }.get(door)


def knock(world: World, door: str, by: str, thing: Thing = "own", **headers: str) -> Answer:
    method, _, path = door.format(**names(world, door, by, thing)).partition(" ")
    if door == "GET /orders" and by.startswith(("staff", "service")):
        path += "?customer_id=ada"
    return world.shop.call(method, path, body(world, door, by), by=by, **{"if_match": "*"} | headers)


def lines(capsys: pytest.CaptureFixture[str], message: str) -> list[dict[str, Any]]:
    told = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    return [line for line in told if line["message"] == message]


def test_the_table_names_every_door_and_no_other() -> None:
    assert RULES.keys() == DOORS.keys()


def test_no_route_leads_past_the_doors() -> None:
    """What stands beside them answers a browser's question which requests it may send, and nothing else."""
    for name, app in load_apps().items():
        doors = {(door.path, door.method) for door in app.door.all}
        routes = {(path, method) for path, methods in app.app.routes.items() for method in methods}
        assert {method for path, method in routes - doors} <= {"OPTIONS"}, name


def test_the_table_and_the_doors_say_the_same_of_who_may_come() -> None:
    roles = {"public": "public", "signed in": "customer", "self": "customer", "owner": "customer", "staff": "staff"}
    assert {door: roles[rule.who] for door, rule in RULES.items()} == {
        door: each.role for door, (_, each) in DOORS.items()
    }


@pytest.mark.parametrize(("door", "caller", "thing"), CELLS)
def test_who_gets_in_is_what_the_table_says(
    world: World, door: str, caller: Caller, thing: Thing, capsys: pytest.CaptureFixture[str]
) -> None:
    by = somebody(world, caller, fresh=DOORS[door][0] == "customers")
    if door == "DELETE /sessions" and caller in IDS:  # out for the rest of this second, in which the others come
        by = f"{caller}:{new('leaver')}"
    capsys.readouterr()
    answer = knock(world, door, by, thing)
    assert answer.status == expected(RULES[door], caller, thing), answer.body
    if answer.status in (403, 404):
        assert answer.headers["Content-Type"] == "application/problem+json"
    logged = capsys.readouterr().out
    if answer.status == 403 or (caller == "customer" and thing == "another's" and answer.status == 404):
        [denied] = [line for line in map(json.loads, logged.splitlines()) if line["message"] == "denied"]
        assert (denied["level"], denied["actor"]) == ("warning", by)
    if by:
        assert bearer(by).rpartition(".")[2] not in logged
    assert "@" not in logged


@pytest.mark.parametrize("door", [door for door, rule in RULES.items() if rule.who != "public"])
def test_a_door_trusts_no_gateway_to_have_asked_who_calls(
    world: World, door: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, found = DOORS[door]
    app, named = load_apps()[name].app, names(world, door, "", "missing")
    raw, headers = json.dumps(body(world, door, "")).encode(), {"content-type": "application/json", "if-match": "*"}
    for by in ("", "nobody:ada", "customer:", "root:ada"):
        capsys.readouterr()
        reply = ask(app, found.method, found.path, named, headers=headers, body=raw, by=by)
        assert (reply.status, reply.headers["content-type"]) == (401, "application/problem+json")
        assert reply.headers["www-authenticate"].startswith("Bearer")
        [denied] = lines(capsys, "denied")
        assert (denied["actor"], denied["route"]) == ("nobody", found.path)


@pytest.mark.parametrize("door", [door for door, rule in RULES.items() if rule.who == "public"])
def test_a_public_door_asks_nobody_who_he_is(world: World, door: str) -> None:
    for token in ("Bearer x.y.z", "Basic YTpi", bearer("customer:dora"), ""):
        assert knock(world, door, "", "another's", authorization=token).status == RULES[door].done


@pytest.mark.parametrize("door", [door for door, rule in RULES.items() if rule.who in ("owner", "self")])
def test_anothers_thing_is_answered_as_one_that_is_not_there(world: World, door: str) -> None:
    """Whatever else is said of it: else the difference would tell that it is there."""
    method, _, path = door.partition(" ")
    others = {"customer_id": world.shop.customer(new("another")), "order_id": world.orders["bob"]}
    variants: list[dict[str, str]] = [
        {"if_match": "*"},
        {"if_match": '"99"'},
        {"if_match": "*", "if_none_match": "*"},
        {"if_match": "*", "idempotency_key": "k"},
        {"if_match": "x"},
        {},
    ]
    for headers in variants:
        for sent in (body(world, door, ""), {"colour": 1}, None):
            said = []
            for given in (others, dict.fromkeys(others, NO_SUCH)):
                named = path.format(**given)
                answer = world.shop.call(method, named, sent, by="customer:ada", **headers)
                assert answer.body.pop("instance")
                [id] = (value for name, value in given.items() if f"{{{name}}}" in path)
                said.append((answer.status, alike(answer.headers), json.dumps(answer.body).replace(id, "it")))
            assert said[0] == said[1]
            assert said[0][0] >= 400


def test_what_became_of_anothers_order_makes_no_difference_to_the_no(world: World) -> None:
    """An order that was rejected is in no state to be cancelled: only its owner learns that."""
    shop = world.shop
    confirmed, cancelled, rejected = order(shop, "bob", 600), order(shop, "bob", 600), order(shop, "bob", 600)
    assert shop.call("POST", f"/orders/{cancelled}/cancel").status == 200
    shop.settle()
    for id, status, own in ((cancelled, "cancelled", 200), (rejected, "rejected", 409), (confirmed, "confirmed", 200)):
        assert shop.call("GET", f"/orders/{id}", by="customer:bob").body["status"] == status
        for path in (("GET", f"/orders/{id}"), ("POST", f"/orders/{id}/cancel")):
            assert shop.call(*path, by="customer:ada").status == 404
        assert shop.call("POST", f"/orders/{id}/cancel", by="customer:bob").status == own
