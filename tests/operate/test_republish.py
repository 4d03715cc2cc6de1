"""What holds is told again: whoever lost it is healed, whoever knows it does nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis import clock
from infra.operate.facts import Wanted, facts_of, find
from infra.operate.pace import Pace
from infra.operate.place import Place
from infra.operate.telling import Told, tell
from tests.operate import troubles
from tests.shop import Shop

EVERYTHING = Wanted()


def republish(place: Place, capability: str, wanted: Wanted = EVERYTHING, *, dry_run: bool = False) -> list[Told]:
    facts, found = facts_of(capability), find(place, capability, wanted)
    return list(tell(place, capability, found, facts, Pace(1000), dry_run=dry_run))


def since(moment: datetime, kind: str = "") -> Wanted:
    return Wanted(kind, changed=((moment, None),))


def ids(told: Iterable[Told]) -> set[str]:
    return {id for each in told for id, _ in each.facts}


def forget(shop: Shop, name: str, *keys: str) -> None:
    for key in keys:
        shop.clients.dynamodb.delete_item(TableName=f"emporium-test-{name}", Key={"pk": {"S": key}})
    shop.records(name)


def kept(shop: Shop, name: str) -> list[dict[str, Any]]:
    return sorted(shop.everything(name), key=lambda item: str(item["pk"]["S"]))


def test_a_read_model_that_was_lost_is_as_it_was_and_twice_gives_the_same(shop: Shop, place: Place, ada: str) -> None:
    before = kept(shop, "orders")
    forget(shop, "orders", "product#tea", "product#mug", "customer#ada")
    assert kept(shop, "orders") != before
    for _ in range(2):
        republish(place, "products")
        republish(place, "customers")
        shop.settle()
        assert kept(shop, "orders") == before


def test_whoever_missed_an_erasure_forgets_once_it_is_told_again(shop: Shop, place: Place, ada: str) -> None:
    assert shop.call("POST", "/orders", {"lines": [{"sku": "tea", "quantity": 1}]}, by=f"customer:{ada}").status == 202
    shop.settle()
    assert shop.call("DELETE", f"/customers/{ada}/personal-data", if_match="*").status == 204
    shop.records("customers")  # and never told
    assert "placed" in shop.item("orders", f"allowance#{ada}")
    for _ in range(2):
        assert ids(republish(place, "customers", Wanted("customer"))) == {f"customer/{ada}/2/{at}" for at in (0, 1)}
        shop.settle()
        assert shop.item("orders", f"customer#{ada}")["status"] == {"S": "deactivated"}
        assert "placed" not in shop.item("orders", f"allowance#{ada}")


def test_where_all_is_known_already_nothing_is_written_anywhere(shop: Shop, place: Place, ada: str) -> None:
    confirmed, cancelled = troubles.order(shop, ada), troubles.order(shop, ada, "mug")
    shop.settle()
    shop.call("POST", f"/orders/{cancelled}/cancel")
    shop.settle()
    names = ("customers", "orders", "products")
    for name in names:  # a cancelled order that rests is answered once more, and never again
        republish(place, name)
    shop.settle()
    before = {name: kept(shop, name) for name in names}
    for name in names:
        republish(place, name)
    shop.settle()
    assert {name: kept(shop, name) for name in names} == before
    assert troubles.status(shop, confirmed) == "confirmed"


def test_an_order_whose_question_was_lost_is_answered(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    shop.records("orders")  # never told
    republish(place, "orders", Wanted("order", {"status": "placed"}))
    shop.settle()
    assert troubles.status(shop, order) == "confirmed"


def test_an_order_whose_answer_was_lost_gets_it(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    troubles.relay(shop, "orders")
    [deliver] = [each for each in shop.take("products")]
    deliver()
    shop.records("products")  # never told
    republish(place, "products", Wanted("reservation"))
    shop.settle()
    assert troubles.status(shop, order) == "confirmed"


def test_reservations_that_products_lost_come_back_with_what_the_orders_tell(
    shop: Shop, place: Place, ada: str
) -> None:
    order = troubles.order(shop, ada)
    shop.settle()
    shop.call("POST", f"/orders/{order}/cancel")
    shop.settle()
    forget(shop, "products", f"reservation#{order}")
    republish(place, "orders")
    shop.settle()
    assert shop.item("products", f"reservation#{order}")["status"] == {"S": "released"}


def test_beside_functions_that_run_and_in_any_order_nothing_older_wins(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    shop.settle()
    items = list(find(place, "orders", Wanted("order")))  # read before, told after the cancellation
    shop.call("POST", f"/orders/{order}/cancel")
    shop.settle()
    list(tell(place, "orders", items, facts_of("orders"), Pace(1000)))
    shop.settle()
    assert troubles.status(shop, order) == "cancelled"
    assert shop.call("GET", "/products/tea/stock").body["reserved"] == 0


def test_only_what_is_asked_for_is_told(shop: Shop, place: Place, ada: str) -> None:
    placed = troubles.order(shop, ada)
    shop.settle()
    waiting = troubles.order(shop, ada)
    assert ids(republish(place, "orders", Wanted("order", {"status": "confirmed"}))) == {f"order/{placed}/2/0"}
    assert ids(republish(place, "orders", Wanted("order", {"version": "1"}))) == {f"order/{waiting}/1/0"}
    assert republish(place, "orders", Wanted("product")) == []  # a copy of what others tell


def test_a_replay_tells_what_changed_since_then(shop: Shop, place: Place, ada: str) -> None:
    shop.call("POST", "/products", {"sku": "jam", "name": "Jam", "price": {"amount": 1, "currency": "USD"}})
    shop.settle()
    changed = datetime.fromisoformat(shop.item("products", "product#jam")["changed_at"]["S"])
    assert "product/jam/1/0" in ids(republish(place, "products", since(changed)))
    assert "product/jam/1/0" not in ids(republish(place, "products", since(changed + timedelta(milliseconds=1))))


def test_a_time_within_a_second_is_no_trouble(shop: Shop, place: Place) -> None:
    noon = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
    for name, moment in (("whole", noon), ("part", noon + timedelta(milliseconds=500))):
        clock.use(lambda moment=moment: moment)  # type: ignore[misc]
        shop.call("POST", "/products", {"sku": name, "name": name, "price": {"amount": 1, "currency": "USD"}})
    assert ids(republish(place, "products", since(noon, "product"))) == {"product/whole/1/0", "product/part/1/0"}
    later = since(noon + timedelta(milliseconds=1), "product")
    assert ids(republish(place, "products", later)) == {"product/part/1/0"}


def test_what_is_only_tried_reaches_nobody(shop: Shop, place: Place, ada: str) -> None:
    assert "product/tea/1/0" in ids(republish(place, "products", dry_run=True))
    assert shop.messages("orders") == []


def test_an_item_that_can_not_be_told_holds_up_no_other(shop: Shop, place: Place, ada: str) -> None:
    item = shop.item("products", "product#tea")
    put: Any = shop.clients.dynamodb.put_item
    put(TableName="emporium-test-products", Item=item | {"price": {"S": "free"}})
    told = {each.key: each for each in republish(place, "products", Wanted("product"))}
    assert str(told["product#tea"].cause).startswith("ValidationError")
    assert told["product#mug"].cause is None


def test_nothing_private_is_told(shop: Shop, place: Place, ada: str) -> None:
    told = republish(place, "customers")
    assert ids(told) == {"customer/ada/1/0"}
    shop.messages("orders")
    republish(place, "customers")
    [message] = shop.messages("orders")
    assert "ada@example.com" not in message["body"]


@pytest.mark.parametrize("count", [25])
def test_however_much_there_is_all_of_it_is_told(shop: Shop, place: Place, count: int) -> None:
    for number in range(count):
        price = {"amount": 1, "currency": "USD"}
        shop.call("POST", "/products", {"sku": f"sku-{number}", "name": "Some", "price": price})
    assert len(republish(place, "products", Wanted("product"))) == count
    assert len(shop.messages("orders")) == count
