"""What answers, cancellations and the clock make of an order."""

from datetime import datetime

import pytest
from msgspec import structs

from chalicelib.orders import model
from chalicelib.orders.events import OrderCancelled, OrderConfirmed, OrderPlaced, OrderRejected
from chalicelib.orders.model import Decision, Order, Shortage
from tests.builders import NOON, PATIENCE, an_order, minutes

SHORT = (Shortage("tea", wanted=2, available=1),)


def cancel(order: Order, now: datetime = NOON) -> Decision:
    return model.cancel(order, "by_customer", now, PATIENCE) or pytest.fail("nothing was cancelled")


def ask(order: Order, now: datetime) -> Decision:
    return model.ask_again(order, now, PATIENCE) or pytest.fail("it did not ask")


def test_reserved_stock_confirms_the_order() -> None:
    confirmed, facts = model.confirm(an_order(), minutes(1)) or pytest.fail("it was waiting")
    assert (confirmed.status, confirmed.version, confirmed.ask_at) == ("confirmed", 2, None)
    assert facts == (OrderConfirmed,)


def test_refused_stock_rejects_the_order_and_says_what_was_short() -> None:
    rejected, facts = model.reject(an_order(), SHORT, minutes(1)) or pytest.fail("it was waiting")
    assert (rejected.status, rejected.reason, rejected.shortages) == ("rejected", "out_of_stock", SHORT)
    assert facts == (OrderRejected,)


@pytest.mark.parametrize("status", ["confirmed", "rejected", "cancelled"])
def test_an_answer_that_comes_late_or_twice_changes_nothing(status: str) -> None:
    assert model.confirm(an_order(status=status), minutes(1)) is None
    assert model.reject(an_order(status=status), SHORT, minutes(1)) is None


@pytest.mark.parametrize("status", ["placed", "confirmed"])
def test_an_order_can_be_cancelled_until_it_is_shipped(status: str) -> None:
    cancelled, facts = cancel(an_order(status=status))
    assert (cancelled.status, cancelled.reason) == ("cancelled", "by_customer")
    assert facts == (OrderCancelled,)


def test_a_rejected_order_has_nothing_to_cancel() -> None:
    with pytest.raises(model.OrderWasRejected):
        model.cancel(an_order(status="rejected"), "by_customer", NOON, PATIENCE)


def test_cancelling_twice_changes_nothing_more() -> None:
    assert model.cancel(an_order(status="cancelled"), "by_customer", NOON, PATIENCE) is None


def test_a_cancelled_order_asks_until_it_hears_that_nothing_is_held() -> None:
    cancelled, _ = cancel(an_order())
    again, facts = ask(cancelled, minutes(1))
    assert facts == (OrderCancelled,)
    at_rest, silent = model.rest(again, minutes(2)) or pytest.fail("it was waiting")
    assert (at_rest.ask_at, silent) == (None, ())
    assert model.rest(at_rest, minutes(3)) is None
    assert model.ask_again(at_rest, minutes(60), PATIENCE) is None


def test_only_a_cancelled_order_rests_when_nothing_is_held() -> None:
    assert model.rest(an_order(), minutes(1)) is None


def test_an_order_that_waits_asks_again_later_each_time() -> None:
    order, times = an_order(), []
    while order.status == "placed":
        order, facts = ask(order, order.ask_at or NOON)
        times.append(order.ask_at)
        assert facts == ((OrderPlaced,) if order.status == "placed" else (OrderCancelled,))
    assert times[:3] == [minutes(3), minutes(7), minutes(10)]
    assert (order.status, order.reason) == ("cancelled", "timed_out")


def test_an_order_does_not_ask_before_its_time() -> None:
    assert model.ask_again(an_order(), minutes(0.5), PATIENCE) is None


def test_an_order_is_answered_by_the_deadline_that_it_was_placed_with() -> None:
    assert an_order().answer_by == NOON + PATIENCE.deadline
    longer = structs.replace(PATIENCE, deadline=2 * PATIENCE.deadline)
    late = structs.replace(an_order(), ask_at=minutes(10))
    decided = model.ask_again(late, minutes(10), longer)
    assert decided is not None
    assert (decided[0].status, decided[0].reason) == ("cancelled", "timed_out")


def test_an_order_of_the_last_release_has_the_deadline_of_this_one() -> None:
    old = structs.replace(an_order(), answer_by=None, ask_at=minutes(10))
    decided = model.ask_again(old, minutes(10), PATIENCE)
    assert decided is not None
    assert decided[0].status == "cancelled"


def test_no_order_asks_more_seldom_than_once_an_hour() -> None:
    cancelled, _ = cancel(an_order())
    for _ in range(40):
        before = cancelled.ask_at or NOON
        cancelled, _ = ask(cancelled, before)
    assert cancelled.ask_at is not None
    assert cancelled.ask_at - before == model.LONGEST_WAIT


def test_each_change_is_the_next_version() -> None:
    order = an_order()
    again, _ = ask(order, minutes(1))
    confirmed, _ = model.confirm(again, minutes(2)) or pytest.fail("it was waiting")
    cancelled, _ = cancel(confirmed, minutes(3))
    assert [order.version, again.version, confirmed.version, cancelled.version] == [1, 2, 3, 4]
