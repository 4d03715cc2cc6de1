"""A table that was restored to an older state agrees with all others again; what is lost is named."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chassis.items import read_item
from infra.operate.copies import COPIES
from infra.operate.pace import Pace
from infra.operate.place import Place
from infra.operate.restoring import restore, table
from infra.operate.restoring import stock as stock_of_orders
from infra.operate.restoring.table import Run, Step
from tests.operate import troubles
from tests.shop import Shop

Restored = Callable[[], None]


def snapshot(shop: Shop, name: str) -> Restored:
    """What puts a capability's table back to what it is now; what its stream had not told by then is lost."""
    then = shop.everything(name)

    def back() -> None:
        table, dynamodb = f"emporium-test-{name}", shop.clients.dynamodb
        for item in shop.everything(name):
            dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]})
        for item in then:
            dynamodb.put_item(TableName=table, Item=item)
        while shop.records(name):
            pass

    return back


def steps(place: Place, name: str, *, dry_run: bool = False) -> list[Step]:
    return list(restore(Run(place, name, Pace(1000), dry_run)))


def run(shop: Shop, place: Place, name: str) -> list[str]:
    """Until all agree; what people are told of it."""
    told = [f"{step.verb}: {step.what}" for step in steps(place, name) if step.what]
    shop.settle()
    return told


def counted(done: list[Step]) -> Counter[str]:
    return Counter(step.verb for step in done)


def stock(shop: Shop, sku: str = "tea") -> tuple[int, int]:
    found = shop.call("GET", f"/products/{sku}/stock").body
    return found["reserved"], found["available"]


def price(shop: Shop, sku: str, amount: int) -> None:
    body = {"price": {"amount": amount, "currency": "USD"}}
    assert shop.call("PATCH", f"/products/{sku}", body, if_match="*").status == 200
    shop.settle()


def copied(shop: Shop, key: str) -> dict[str, Any]:
    return shop.item("orders", key)


def everything(shop: Shop) -> list[Any]:
    return [sorted(shop.everything(name), key=lambda item: str(item["pk"])) for name in shop.apps]


def test_a_price_that_was_put_back_and_each_one_after_it_is_heard(shop: Shop, place: Place, ada: str) -> None:
    price(shop, "tea", 400)
    back = snapshot(shop, "products")
    price(shop, "tea", 500)
    price(shop, "tea", 600)
    back()
    run(shop, place, "products")
    assert copied(shop, "product#tea")["price"]["M"]["amount"] == {"N": "400"}
    price(shop, "tea", 700)
    assert copied(shop, "product#tea")["price"]["M"]["amount"] == {"N": "700"}


def test_a_confirmed_order_whose_reservation_is_lost_has_its_stock_reserved_anew(
    shop: Shop, place: Place, ada: str
) -> None:
    back = snapshot(shop, "products")
    order = troubles.order(shop, ada)
    shop.settle()
    back()
    assert stock(shop) == (0, 10)
    assert run(shop, place, "products") == []
    assert (stock(shop), troubles.status(shop, order)) == ((1, 9), "confirmed")


def test_an_order_that_was_cancelled_since_gives_its_stock_back_once_more(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    shop.settle()
    back = snapshot(shop, "products")
    shop.call("POST", f"/orders/{order}/cancel")
    shop.settle()
    back()
    assert stock(shop) == (1, 9)
    run(shop, place, "products")
    assert (stock(shop), troubles.status(shop, order)) == ((0, 10), "cancelled")


def test_what_sqs_does_not_take_is_named_and_left_to_people(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "products")
    for _ in range(3):
        troubles.order(shop, ada)
    shop.settle()
    back()
    sqs: Any = troubles.Refusing(place.sqs, takes=0)
    done = steps(replace(place, sqs=sqs), "products")
    waits = [step for step in done if step.verb == "not asked"]
    assert (len(waits), counted(done)["asked for anew"]) == (3, 0)
    assert all(step.stays and step.what.endswith(": InternalError") for step in waits)


def test_an_answer_that_is_another_by_now_is_not_taken_away(shop: Shop, place: Place, ada: str) -> None:
    order = shop.call("POST", "/orders", {"lines": [{"sku": "tea", "quantity": 90}]}, by="customer:ada").body["id"]
    shop.settle()
    item = shop.item("products", f"reservation#{order}")
    newer: Any = {**item, "version": {"N": "2"}}
    shop.clients.dynamodb.put_item(TableName="emporium-test-products", Item=newer)
    run = Run(place, "products", Pace(1000))
    assert not stock_of_orders._forget(run, {"pk": f"reservation#{order}", "version": 1})
    assert shop.item("products", f"reservation#{order}") == newer
    assert stock_of_orders._forget(run, {"pk": f"reservation#{order}", "version": 2})


def test_a_copy_that_is_newer_by_now_stays_as_it_is(shop: Shop, place: Place, ada: str) -> None:
    [copies] = [each for each in COPIES if (each.of, each.kind) == ("customers", "customer")]
    before = copied(shop, "customer#ada")
    newer: Any = {**before, "version": {"N": "7"}}
    shop.clients.dynamodb.put_item(TableName="emporium-test-orders", Item=newer)
    list(table._forget(Run(place, "customers", Pace(1000)), copies, read_item(before)))
    assert copied(shop, "customer#ada") == newer


def test_an_order_that_waits_is_answered(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "products")
    order = troubles.order(shop, ada)
    troubles.relay(shop, "orders")
    [deliver] = shop.take("products")
    deliver()
    back()
    run(shop, place, "products")
    assert (stock(shop), troubles.status(shop, order)) == ((1, 9), "confirmed")


def test_an_order_that_is_short_by_a_lost_delivery_is_named_and_reserved_once_there_is_enough(
    shop: Shop, place: Place, ada: str
) -> None:
    back = snapshot(shop, "products")
    deliver = {"delta": 5, "reason": "delivery"}
    shop.call("POST", "/products/tea/stock-adjustments", deliver)
    shop.settle()
    body = {"lines": [{"sku": "tea", "quantity": 12}]}
    order = shop.call("POST", "/orders", body, by="customer:ada").body["id"]
    shop.settle()
    back()
    named = [f"short: order {order} is confirmed, and lacks 12 tea (10 there)"]
    assert run(shop, place, "products") == named
    assert (stock(shop), run(shop, place, "products")) == ((0, 10), named)
    shop.call("POST", "/products/tea/stock-adjustments", deliver)
    assert run(shop, place, "products") == []
    assert (stock(shop), troubles.status(shop, order)) == ((12, 3), "confirmed")


def test_what_there_is_goes_to_confirmed_orders_as_far_as_it_goes(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "products")
    shop.call("POST", "/products/tea/stock-adjustments", {"delta": 2, "reason": "delivery"})
    orders = [troubles.order(shop, ada) for _ in range(12)]
    shop.settle()
    back()
    assert len(run(shop, place, "products")) == 2
    assert stock(shop) == (10, 0)
    assert {troubles.status(shop, order) for order in orders} == {"confirmed"}


def test_an_order_that_was_refused_too_early_is_asked_for_anew(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    shop.settle()
    back = snapshot(shop, "orders")
    answer = shop.item("products", f"reservation#{order}")
    refused = answer | {"status": {"S": "refused"}, "lines": {"L": []}}
    shop.clients.dynamodb.put_item(TableName="emporium-test-products", Item=refused)
    shop.clients.dynamodb.put_item(
        TableName="emporium-test-products",
        Item=shop.item("products", "stock#tea") | {"reserved": {"N": "0"}, "available": {"N": "10"}},
    )
    back()
    run(shop, place, "products")
    assert (stock(shop), troubles.status(shop, order)) == ((1, 9), "confirmed")


def test_a_product_that_was_added_since_is_there_again_archived_and_goes_on(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "products")
    jam = {"sku": "jam", "name": "Jam", "price": {"amount": 5, "currency": "USD"}}
    shop.call("POST", "/products", jam)
    shop.settle()
    back()
    assert run(shop, place, "products") == [
        "lost: product jam was added since, and is there again: archived, its stock to be counted"
    ]
    assert copied(shop, "product#jam")["status"] == {"S": "archived"}
    assert shop.call("GET", "/products/jam/stock").body["on_hand"] == 0
    assert shop.call("PATCH", "/products/jam", {"status": "active"}, if_match="*").status == 200
    shop.settle()
    assert copied(shop, "product#jam")["status"] == {"S": "active"}


def test_what_nobody_ordered_gives_its_stock_back_and_is_named(shop: Shop, place: Place, ada: str) -> None:
    kept = troubles.order(shop, ada)
    shop.settle()
    back = snapshot(shop, "orders")
    lost = troubles.order(shop, ada)
    shop.settle()
    back()
    assert stock(shop) == (2, 8)
    assert run(shop, place, "orders") == [f"lost: order {lost} is not there; its reservation was reserved: 1 tea"]
    assert (stock(shop), troubles.status(shop, kept)) == ((1, 9), "confirmed")


@pytest.mark.parametrize("answered", [False, True])
def test_a_cancellation_that_orders_forgot_holds_all_the_same(
    shop: Shop, place: Place, ada: str, answered: bool
) -> None:
    order = troubles.order(shop, ada)
    if answered:
        shop.settle()
    back = snapshot(shop, "orders")
    shop.settle()
    shop.call("POST", f"/orders/{order}/cancel")
    shop.settle()
    back()
    assert troubles.status(shop, order) == ("confirmed" if answered else "placed")
    run(shop, place, "orders")
    assert (stock(shop), troubles.status(shop, order)) == ((0, 10), "cancelled")
    assert "ask_at" not in shop.item("orders", f"order#{order}")


def test_an_order_that_was_confirmed_since_is_confirmed_again(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    back = snapshot(shop, "orders")
    shop.settle()
    back()
    run(shop, place, "orders")
    assert (stock(shop), troubles.status(shop, order)) == ((1, 9), "confirmed")


def test_orders_knows_again_what_others_told_it_since(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "orders")
    price(shop, "tea", 500)
    shop.customer("bob")
    shop.settle()
    back()
    run(shop, place, "orders")
    assert copied(shop, "product#tea")["price"]["M"]["amount"] == {"N": "500"}
    assert copied(shop, "customer#bob")["status"] == {"S": "active"}


def test_who_was_deactivated_since_is_so_again_and_can_not_order(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "customers")
    shop.call("DELETE", "/customers/ada", if_match="*")
    shop.settle()
    back()
    assert run(shop, place, "customers") == ["deactivated anew: ada"]
    assert shop.call("GET", "/customers/ada").body["status"] == "deactivated"
    assert copied(shop, "customer#ada")["status"] == {"S": "deactivated"}


@pytest.mark.parametrize("raised_first", [True, False])
def test_who_was_deactivated_since_is_so_at_the_second_run_as_late_as_it_is_heard(
    shop: Shop, place: Place, ada: str, raised_first: bool
) -> None:
    back = snapshot(shop, "customers")
    shop.call("DELETE", "/customers/ada", if_match="*")
    troubles.relay(shop, "customers")
    late = shop.take("orders")
    back()
    assert not counted(steps(place, "customers"))["deactivated anew"]
    if raised_first:
        shop.settle()
    for deliver in late:
        deliver()
    shop.settle()
    assert copied(shop, "customer#ada")["status"] == {"S": "deactivated"}
    assert run(shop, place, "customers") == ["deactivated anew: ada"]
    assert copied(shop, "customer#ada")["version"] == shop.item("customers", "customer#ada")["version"]


def test_who_was_erased_since_is_erased_again(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "customers")
    assert shop.call("DELETE", "/customers/ada/personal-data", if_match="*").status == 204
    shop.settle()
    back()
    assert "ada@example.com" in str(shop.item("customers", "customer#ada"))
    assert run(shop, place, "customers") == ["erased anew: ada"]
    assert "ada@example.com" not in str(shop.everything("customers"))
    assert shop.call("GET", "/customers/ada").status == 404
    assert copied(shop, "customer#ada")["status"] == {"S": "deactivated"}


def test_who_came_since_is_named_and_is_heard_of_when_they_come_again(shop: Shop, place: Place, ada: str) -> None:
    back = snapshot(shop, "customers")
    shop.customer("bob")
    shop.settle()
    back()
    assert run(shop, place, "customers") == [
        "lost: customer bob came since, and is not there; orders still knows of it"
    ]
    shop.customer("bob")
    shop.settle()
    assert copied(shop, "customer#bob")["version"] == {"N": "1"}


def test_a_sign_out_is_not_undone(shop: Shop, place: Place, ada: str) -> None:
    shop.call("DELETE", "/sessions", by="customer:ada")
    shop.settle()
    back = snapshot(shop, "customers")
    shop.call("DELETE", "/sessions", by="customer:ada")
    shop.call("DELETE", "/sessions", by="customer:bob")
    shop.settle()
    last = {who: copied(shop, f"sign_out#{who}")["signed_out_at"] for who in ("ada", "bob")}
    back()
    run(shop, place, "customers")
    for who, at in last.items():
        for name in ("customers", "orders", "products"):
            assert shop.item(name, f"sign_out#{who}")["signed_out_at"] == at


@pytest.fixture
def torn(shop: Shop, ada: str) -> Callable[[str], None]:
    """A shop of which one table can be put back, to before something of each kind had happened."""
    for _ in range(2):
        troubles.order(shop, ada)
    shop.settle()
    back = {name: snapshot(shop, name) for name in shop.apps}
    price(shop, "tea", 500)
    shop.customer("bob")
    troubles.order(shop, ada, "mug")
    shop.call("POST", f"/orders/{troubles.order(shop, ada)}/cancel")
    shop.call("DELETE", "/sessions", by="customer:ada")
    shop.settle()
    return lambda name: back[name]()


@pytest.mark.parametrize("name", ["customers", "orders", "products"])
def test_what_is_only_tried_changes_nothing_and_tells_what_would_be_done(
    shop: Shop, place: Place, torn: Any, name: str
) -> None:
    torn(name)
    before = everything(shop)
    tried = steps(place, name, dry_run=True)
    assert everything(shop) == before
    assert [shop.messages(each) for each in ("orders", "products")] == [[], []]
    assert [step for step in tried if step.what] == [step for step in steps(place, name) if step.what]


@pytest.mark.parametrize("name", ["customers", "orders", "products"])
def test_done_twice_it_gives_nothing_more(shop: Shop, place: Place, torn: Any, name: str) -> None:
    torn(name)
    for _ in range(2):  # what the first one asks for is raised by the second
        run(shop, place, name)
    before = everything(shop)
    assert counted(steps(place, name)).keys() <= {"told", "lost"}
    shop.settle()
    assert everything(shop) == before


@pytest.mark.parametrize("name", ["customers", "orders", "products"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_killed_midway_a_second_run_completes_it(shop: Shop, place: Place, torn: Any, name: str, part: float) -> None:
    torn(name)
    whole = len(steps(place, name, dry_run=True))
    for _ in zip(range(int(whole * part)), restore(Run(place, name, Pace(1000))), strict=False):
        pass
    shop.settle()
    run(shop, place, name)
    assert not counted(steps(place, name)).keys() & {"released", "asked for anew", "taken back", "deactivated anew"}
    held = [each for each in shop.everything("products") if each.get("status") == {"S": "reserved"}]
    confirmed = [each for each in shop.everything("orders") if each.get("status") == {"S": "confirmed"}]
    assert len(held) == len(confirmed)
    assert stock(shop)[0] + stock(shop, "mug")[0] == len(held)


def test_whoever_saves_at_the_same_time_goes_first_and_is_raised_then(
    shop: Shop, place: Place, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, once = table._put, [price]

    def meets(*given: Any, **named: Any) -> bool:
        if once:
            once.pop()(shop, "tea", 555)
        return put(*given, **named)

    monkeypatch.setattr(table, "_put", meets)
    run(shop, place, "products")
    assert shop.item("products", "product#tea")["price"]["M"]["amount"] == {"N": "555"}
    assert int(shop.item("products", "product#tea")["version"]["N"]) > 1_000_000
    assert copied(shop, "product#tea")["price"]["M"]["amount"] == {"N": "555"}


def test_what_can_not_be_told_stays_and_holds_up_no_other(shop: Shop, place: Place, ada: str) -> None:
    item = shop.item("products", "product#tea")
    put: Any = shop.clients.dynamodb.put_item
    put(TableName="emporium-test-products", Item=item | {"price": {"S": "free"}})
    done = steps(place, "products")
    [stays] = [step for step in done if step.stays]
    assert stays.what.startswith("product#tea: ValidationError")
    assert counted(done)["told"] > 0
