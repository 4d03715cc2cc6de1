"""What the shop promises its customers, as they see it: the real stack over HTTP, with a part of it killed."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from infra.local.clients import Clients
from tests.infra.runner.calling import eventually
from tests.system.conftest import Client


def pid(shop: Client, name: str) -> int:
    return int(shop.health()["parts"][name]["pid"])


def test_an_order_goes_from_placed_to_confirmed(shop: Client) -> None:
    ada, tea = shop.customer("ada"), shop.product("tea", 10)
    order = shop.order(ada, tea, 2)
    assert shop.outcome(order)["status"] == "confirmed"
    assert shop.stock(tea) == (10, 2, 8)


def test_a_cancelled_order_gives_its_stock_back(shop: Client) -> None:
    bea, mug = shop.customer("bea"), shop.product("mug", 5)
    order = shop.order(bea, mug, 3)
    shop.outcome(order)
    assert shop.http.post(f"/orders/{order}/cancel", auth=bea).json()["status"] == "cancelled"
    eventually(lambda: shop.stock(mug) == (5, 0, 5))


def test_of_a_hundred_orders_at_once_for_the_last_ten_units_ten_are_confirmed(shop: Client) -> None:
    cake = shop.product("cake", 10)
    with ThreadPoolExecutor(16) as clients:
        crowd = list(clients.map(lambda number: shop.customer(f"cyd-{number}"), range(10)))
        placed = list(clients.map(lambda number: shop.order(crowd[number % 10], cake), range(100)))
        outcomes = list(clients.map(lambda order: shop.outcome(order)["status"], placed))
    assert outcomes.count("confirmed") == 10
    assert outcomes.count("rejected") == 90
    assert shop.stock(cake) == (10, 10, 0)


@pytest.mark.timeout(300)
def test_orders_are_accepted_while_products_is_down_and_confirmed_once_it_is_back(shop: Client) -> None:
    dan, pie = shop.customer("dan"), shop.product("pie", 50)
    first = shop.order(dan, pie)
    os.kill(pid(shop, "products"), signal.SIGKILL)
    others = [shop.order(dan, pie) for _ in range(5)]
    assert [shop.outcome(order)["status"] for order in [first, *others]] == ["confirmed"] * 6
    assert shop.stock(pie) == (50, 6, 44)


@pytest.mark.timeout(300)
def test_products_serves_while_orders_is_down_and_no_order_is_lost(shop: Client) -> None:
    eve, jam = shop.customer("eve"), shop.product("jam", 50)
    orders = [shop.order(eve, jam) for _ in range(3)]
    os.kill(pid(shop, "orders"), signal.SIGKILL)
    assert shop.http.get("/products/jam").status_code == 200
    assert [shop.outcome(order)["status"] for order in orders] == ["confirmed"] * 3


def test_an_order_that_is_sent_twice_with_one_key_is_one_order(shop: Client) -> None:
    fay, fig = shop.customer("fay"), shop.product("fig", 5)
    first = shop.order(fay, fig, 2, **{"Idempotency-Key": "basket-1"})
    assert shop.outcome(first)["status"] == "confirmed"
    assert shop.order(fay, fig, 2, **{"Idempotency-Key": "basket-1"}) == first
    assert shop.stock(fig) == (5, 2, 3)


def test_a_poison_message_is_logged_with_its_cause_and_blocks_nobody(shop: Client) -> None:
    sqs = Clients(shop.stack.address("cloud")).sqs
    inbox = sqs.get_queue_url(QueueName="emporium-local-products-inbox")["QueueUrl"]
    sqs.send_message(QueueUrl=inbox, MessageBody='{"type": "emporium.orders.OrderPlaced.v1", "id": "poison"}')
    shop.stack.until_said("not heard")
    gus, nut = shop.customer("gus"), shop.product("nut", 5)
    assert shop.outcome(shop.order(gus, nut))["status"] == "confirmed"


def test_every_capability_answers_at_its_own_port_too(shop: Client) -> None:
    for name in ("customers", "orders", "products"):
        answer = httpx.get(f"{shop.stack.address(name)}/{name}/nothing-of-this-name", auth=shop.staff)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_what_nobody_serves_is_a_problem_document_too(shop: Client) -> None:
    answer = shop.http.get("/unicorns")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert Path(answer.json()["type"]).name == "about:blank"
