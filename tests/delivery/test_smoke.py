"""One real order tells whether a shop works; where it does not, the step is named, and nothing stays behind."""

import httpx
import pytest

from infra.delivery.smoke import smoke
from infra.delivery.visit import Visit
from infra.identity.accounts import sign_up
from tests.delivery.floor import Fault, Floor, broken, saying, without

STEPS = [
    "what anybody sees",
    "sign up",
    "sign in",
    "find a product",
    "place an order",
    "send the order again",
    "wait until it is confirmed",
    "cancel it",
    "wait until the stock is back",
    "close the account",
]


def visit(floor: Floor, **parts: object) -> tuple[bool, list[str], list[str]]:
    """Whether it went well, what was said, and what was complained of."""
    said, complaints = list[str](), list[str]()
    worked = smoke(Visit(floor.doors(), patience=0, **parts), said.append, complaints.append)  # type: ignore[arg-type]  # of any part
    return worked, said, complaints


def steps_in(said: list[str]) -> list[str]:
    return [line.partition(" s  ")[2].partition(":")[0] for line in said if " s  " in line]


def test_a_shop_that_works_is_visited_from_sign_up_to_goodbye_and_nothing_stays_behind(floor: Floor) -> None:
    worked, said, complaints = visit(floor)
    assert (worked, complaints, steps_in(said)) == (True, [], STEPS)
    assert floor.left_behind() == []
    assert floor.shop.call("GET", "/products/mug/stock").body["available"] == 10


@pytest.mark.parametrize(
    ("asked", "fault", "step", "reason"),
    [
        ("GET /products", without("strict-transport-security"), 1, "GET /products has no header Strict-Transport-Secu"),
        ("GET /products", broken, 1, "GET /products was answered 500: It broke."),
        ("GET /products/smoke-.*", saying(200), 1, "was answered 200, not 404"),
        ("GET /products/smoke-.*", without("content-type"), 1, "was answered with nothing, not a problem document"),
        ("GET /products/mug", without("etag"), 1, "GET /products/mug has no ETag"),
        ("GET /orders", saying(403), 1, "GET /orders was answered 403, not 401"),
        ("POST /customers", broken, 2, "POST /customers was answered 500: It broke."),
        ("POST /sessions", broken, 3, "POST /sessions was answered 500: It broke."),
        ("GET /customers/me", saying(403), 3, "GET /customers/me was answered 403"),
        ("GET /customers/me", saying(200, status="asleep"), 3, "is asleep"),
        ("GET /products/mug/stock", saying(200, reserved=3), 4, "the stock of mug does not add up: (10, 3, 10)"),
        ("GET /products/mug/stock", saying(200, available=0, reserved=10), 4, "of mug nothing can be ordered"),
        ("POST /orders", broken, 5, "POST /orders was answered 500: It broke."),
        ("GET /orders/.*", broken, 7, "was answered 500: It broke."),
        ("GET /orders/.*", saying(200, status="rejected", reason="out_of_stock"), 7, "is rejected, out_of_stock"),
        ("POST /orders/.*/cancel", broken, 8, "cancel was answered 500: It broke."),
        ("POST /orders/.*/cancel", saying(200, status="confirmed"), 8, "is confirmed"),
        ("DELETE /customers/me", broken, 10, "DELETE /customers/me was answered 500: It broke."),
    ],
)
def test_a_step_that_fails_is_named_with_its_reason_and_the_visit_is_undone(
    floor: Floor, asked: str, fault: Fault, step: int, reason: str
) -> None:
    floor.faults[asked] = fault, 1
    worked, said, complaints = visit(floor)
    assert not worked
    assert len(complaints) == 1
    assert complaints[0].startswith(f"failed at step {step} of 10, {STEPS[step - 1]}: ")
    assert reason in complaints[0]
    assert [line for line in steps_in(said) if line != "clean up"] == STEPS[:step]
    assert floor.left_behind() == []


def test_the_request_that_failed_is_told_by_the_id_that_the_logs_have(floor: Floor) -> None:
    floor.faults["POST /orders"] = broken, 1
    _, _, [complaint] = visit(floor)
    assert complaint.endswith("It broke. (request r-1)")


def test_an_order_that_is_never_confirmed_fails_the_visit_and_is_cancelled(floor: Floor) -> None:
    floor.shop.down.add("products")
    worked, _, [complaint] = visit(floor)
    assert not worked
    assert "wait until it is confirmed: it is still placed: no answer came of its stock, after 0 s" in complaint
    floor.shop.down.clear()
    assert floor.left_behind() == []


def test_stock_that_does_not_come_back_fails_the_visit(floor: Floor) -> None:
    def and_products_goes_down(answer: httpx.Response) -> httpx.Response:
        floor.shop.down.add("products")
        return answer

    floor.faults["GET /orders/.*"] = and_products_goes_down, 1
    worked, _, [complaint] = visit(floor)
    assert not worked
    assert "fewer of mug are available than the 10 before the order" in complaint


def test_an_order_that_is_another_one_when_sent_again_fails_the_visit(floor: Floor) -> None:
    other = saying(202, id="another")

    def the_second_is_another(answer: httpx.Response) -> httpx.Response:
        _, left = floor.faults["POST /orders"]
        return answer if left else other(answer)

    floor.faults["POST /orders"] = the_second_is_another, 2
    _, _, [complaint] = visit(floor)
    assert "send the order again: the same order with the same key is another one: another" in complaint
    assert floor.left_behind() == []


def test_what_can_not_be_undone_is_told_too(floor: Floor) -> None:
    floor.faults["GET /orders/.*"] = broken, 9
    floor.faults["POST /orders/.*/cancel"] = broken, 9
    floor.faults["DELETE /customers/me"] = broken, 9
    _, _, complaints = visit(floor)
    assert [line.partition(": POST")[0].partition(": DELETE")[0] for line in complaints[1:]] == [
        "something stays behind, clean up: cancel the order",
        "something stays behind, clean up: close the account",
    ]


def test_whoever_stops_the_visit_leaves_nothing_behind_either(floor: Floor) -> None:
    def stop(_: httpx.Response) -> httpx.Response:
        raise KeyboardInterrupt

    floor.faults["GET /orders/.*"] = stop, 1
    with pytest.raises(KeyboardInterrupt):
        visit(floor)
    assert floor.left_behind() == []


def test_an_account_that_was_given_is_used_and_stays(floor: Floor) -> None:
    account = sign_up(floor.doors().customers, "eve@example.com", "Eve", "Correct-Horse-9-Battery")
    worked, said, _ = visit(floor, account=account)
    assert worked
    assert steps_in(said) == [step for step in STEPS if step not in ("sign up", "close the account")]
    assert [left.partition("#")[0] for left in floor.left_behind()] == ["customer"]


def test_a_product_that_nobody_has_reserved_is_ordered_before_others(floor: Floor) -> None:
    shop = floor.shop
    cup = {"sku": "cup", "name": "Cup", "price": {"amount": 1, "currency": "USD"}}
    assert shop.call("POST", "/products", cup).status == 201
    assert shop.call("POST", "/products/cup/stock-adjustments", {"delta": 5, "reason": "delivery"}).status == 201
    shop.customer("ada")
    shop.settle()
    held = {"customer_id": "ada", "lines": [{"sku": "cup", "quantity": 1}]}
    assert shop.call("POST", "/orders", held).status == 202
    shop.settle()
    assert any("find a product: mug" in line for line in visit(floor)[1])
    assert any("find a product: cup" in line for line in visit(floor, sku="cup")[1])
