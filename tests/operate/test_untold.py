"""Facts that a relay could not tell: what is told in their place is what holds by now, and only where it can be."""

import re
from datetime import timedelta
from typing import Any

import pytest

from chassis import clock, relay
from infra.operate.facts import facts_of, told_by
from infra.operate.listing import described
from infra.operate.place import Place
from tests.operate import troubles
from tests.shop import Shop


def lose(shop: Shop, name: str) -> None:
    """What is new in the table is never told."""
    shop.records(name)


@pytest.fixture
def lost(shop: Shop, ada: str) -> str:
    """An order that was never told."""
    order = troubles.order(shop, ada)
    lose(shop, "orders")
    return order


def parked_event(order: str, version: int = 1) -> dict[str, Any]:
    return {"id": f"order/{order}/{version}/0", "type": "emporium.orders.OrderPlaced.v1"}


def test_a_fact_that_was_parked_is_told_as_its_item_stands_by_now(
    shop: Shop, place: Place, ada: str, lost: str
) -> None:
    shop.call("POST", f"/orders/{lost}/cancel")
    lose(shop, "orders")
    troubles.park(shop, "orders", parked_event(lost))
    [outcome] = troubles.redriven(place, "orders", "relay")
    assert (outcome.healed, outcome.note) == (True, f"tells anew order/{lost}/2/0")
    shop.settle()
    assert "ask_at" not in shop.item("orders", f"order#{lost}")  # products answered the cancellation
    assert troubles.letters(place, "orders", "relay") == []


def test_a_parked_event_that_was_cut_off_heals_its_order_all_the_same(shop: Shop, place: Place, lost: str) -> None:
    troubles.park(shop, "orders", f'{{"id":"order/{lost}/1/0","source":"/empo')
    assert [each.healed for each in troubles.redriven(place, "orders", "relay")] == [True]
    shop.settle()
    assert troubles.status(shop, lost) == "confirmed"


def test_an_item_that_can_still_not_be_told_keeps_its_letter_until_it_can(shop: Shop, place: Place, lost: str) -> None:
    item = shop.item("orders", f"order#{lost}")
    put: Any = shop.clients.dynamodb.put_item
    put(TableName="emporium-test-orders", Item={name: item[name] for name in item if name != "total"})
    lose(shop, "orders")
    troubles.park(shop, "orders", {name: item[name] for name in ("pk", "version", "outbox")}, "ValidationError: total")
    [outcome] = troubles.redriven(place, "orders", "relay")
    assert not outcome.healed
    assert "ValidationError" in outcome.note
    put(TableName="emporium-test-orders", Item=item)
    lose(shop, "orders")
    assert [each.healed for each in troubles.redriven(place, "orders", "relay")] == [True]
    shop.settle()
    assert troubles.status(shop, lost) == "confirmed"


def test_an_event_whose_item_is_gone_is_told_as_it_is_where_it_is_whole(shop: Shop, place: Place, lost: str) -> None:
    troubles.relay(shop, "orders")
    item: Any = {"pk": {"S": f"order#{lost}"}}
    whole: Any = shop.clients.dynamodb.get_item(TableName="emporium-test-orders", Key=item)["Item"]
    [message] = told_by("orders", whole, facts_of("orders"))
    shop.clients.dynamodb.delete_item(TableName="emporium-test-orders", Key=item)
    lose(shop, "orders")
    troubles.park(shop, "orders", relay.entry_of("r", message).body)
    troubles.park(shop, "orders", parked_event("gone"))
    outcomes = {each.letter.about.split()[-1]: each.healed for each in troubles.redriven(place, "orders", "relay")}
    assert outcomes == {f"order/{lost}/1/0": True, "order/gone/1/0": False}
    assert [message["subject"] for message in map(troubles.read, shop.messages("products"))] == [lost]


def test_of_a_stretch_of_the_stream_all_that_changed_then_is_told(shop: Shop, place: Place, lost: str) -> None:
    now = clock.now()
    troubles.park(shop, "orders", troubles.given_up(now - timedelta(seconds=5), now), None)
    troubles.park(shop, "orders", troubles.given_up(now - timedelta(seconds=3), now), None)
    assert [each.healed for each in troubles.redriven(place, "orders", "relay")] == [True, True]
    shop.settle()
    assert troubles.status(shop, lost) == "confirmed"
    assert troubles.letters(place, "orders", "relay") == []


@pytest.mark.parametrize("wrong", [-10, 10])
def test_of_a_stretch_all_is_told_that_was_saved_by_a_clock_that_is_wrong_by_minutes(
    shop: Shop, place: Place, lost: str, wrong: int
) -> None:
    then = clock.now() + timedelta(minutes=wrong)
    troubles.park(shop, "orders", troubles.given_up(then, then), None)
    troubles.redriven(place, "orders", "relay")
    shop.settle()
    assert troubles.status(shop, lost) == "confirmed"


def test_of_a_stretch_nothing_is_told_that_changed_at_another_time(shop: Shop, place: Place, lost: str) -> None:
    before = clock.now() - timedelta(hours=1)
    troubles.park(shop, "orders", troubles.given_up(before, before), None)
    troubles.redriven(place, "orders", "relay")
    assert shop.messages("products") == []


def test_a_relay_letter_tells_its_cause_and_what_it_is_about(shop: Shop, place: Place, lost: str) -> None:
    troubles.park(shop, "orders", parked_event(lost))
    now = clock.now()
    troubles.park(shop, "orders", troubles.given_up(now, now), None)
    troubles.park(shop, "orders", "what is this", None)
    told = {each.kind: (each.cause, each.about) for each in troubles.letters(place, "orders", "relay")}
    assert told["parked"] == (
        "InvalidParameter: never",
        f"emporium.orders.OrderPlaced.v1 order/{lost}/1/0",
    )
    assert told["untold"] == ("RetryAttemptsExhausted", f"2 records of the stream from {now:%Y-%m-%dT%H:%M:%SZ}")
    assert told["strange"] == (None, "no event of ours")


def test_a_relay_letter_tells_when_it_failed_and_how_often(shop: Shop, place: Place) -> None:
    now = clock.now()
    troubles.park(shop, "orders", troubles.given_up(now - timedelta(hours=22), now), None)
    troubles.park(shop, "orders", parked_event("o-1"))
    told = {each.kind: described(each, []) for each in troubles.letters(place, "orders", "relay")}
    assert told["untold"][2].startswith(f"  failed first: {clock.stamp(now - timedelta(hours=22))}  last: ")
    assert "  attempts: 9  age: " in told["untold"][2]
    first, last = re.findall(r"(?:first|last): (\S+)", told["parked"][2])
    assert first == last
    assert "  attempts: 1  age: " in told["parked"][2]


def test_a_relay_redrive_that_is_only_tried_tells_nobody(shop: Shop, place: Place, lost: str) -> None:
    troubles.park(shop, "orders", parked_event(lost))
    assert [each.healed for each in troubles.redriven(place, "orders", "relay", dry_run=True)] == [True]
    assert shop.messages("products") == []
    assert len(troubles.letters(place, "orders", "relay")) == 1
