"""Reservations: each order is answered once, and anew only when it asks anew."""

import pytest

from chalicelib.products import model
from chalicelib.products.events import StockRefused, StockReleased, StockReserved
from chalicelib.products.model import Answer, Line, Reservation, Shortage
from tests.builders import NOON, a_reservation, minutes

LINES = (Line("tea", 2), Line("mug", 1))
SHORT = (Shortage("tea", 2, 1),)


def answered(answer: Answer | None) -> Answer:
    return answer or pytest.fail("no answer was given")


def test_an_order_that_was_placed_holds_all_its_lines() -> None:
    reservation, facts = answered(model.reserve(None, "o-1", LINES, 1, NOON))
    assert (reservation.status, reservation.held) == ("reserved", LINES)
    assert facts == (StockReserved,)


def test_an_order_with_too_little_holds_nothing() -> None:
    reservation, facts = answered(model.refuse(None, "o-1", SHORT, 1, NOON))
    assert (reservation.held, reservation.shortages, facts) == ((), SHORT, (StockRefused,))


@pytest.mark.parametrize("status", ["reserved", "refused", "released"])
def test_a_question_that_comes_twice_is_answered_once(status: str) -> None:
    assert model.reserve(a_reservation(status), "o-1", LINES, 1, minutes(1)) is None
    assert model.refuse(a_reservation(status), "o-1", SHORT, 1, minutes(1)) is None


@pytest.mark.parametrize(
    ("status", "fact"), [("reserved", StockReserved), ("refused", StockRefused), ("released", StockReleased)]
)
def test_a_question_that_is_asked_anew_gets_the_same_answer_again(status: str, fact: type) -> None:
    again, facts = answered(model.reserve(a_reservation(status), "o-1", LINES, 2, minutes(1)))
    assert (again.status, again.version, again.asked, facts) == (status, 2, 2, (fact,))
    assert model.reserve(again, "o-1", LINES, 2, minutes(2)) is None


def test_a_refusal_stands_when_stock_comes_in_later() -> None:
    again, _ = answered(model.reserve(a_reservation("refused"), "o-1", LINES, 2, minutes(1)))
    assert again.held == ()


@pytest.mark.parametrize("status", ["reserved", "refused"])
def test_a_cancelled_order_holds_nothing(status: str) -> None:
    released, facts = answered(model.release(a_reservation(status), "o-1", 2, minutes(1)))
    assert (released.held, released.status, facts) == ((), "released", (StockReleased,))


def test_a_cancellation_that_comes_twice_gives_back_once() -> None:
    released, _ = answered(model.release(a_reservation(), "o-1", 2, minutes(1)))
    assert model.release(released, "o-1", 2, minutes(2)) is None


def test_a_cancellation_that_is_told_anew_is_answered_anew() -> None:
    released, _ = answered(model.release(a_reservation(), "o-1", 2, minutes(1)))
    _, facts = answered(model.release(released, "o-1", 3, minutes(2)))
    assert facts == (StockReleased,)


def test_an_order_that_its_cancellation_overtook_reserves_nothing() -> None:
    tombstone, _ = answered(model.release(None, "o-1", 2, NOON))
    late: Reservation | None = tombstone
    assert model.reserve(late, "o-1", LINES, 1, minutes(1)) is None
    assert tombstone.held == ()


def test_a_cancellation_never_makes_older_what_was_answered() -> None:
    released, _ = answered(model.release(a_reservation(asked=5), "o-1", 2, minutes(1)))
    assert released.asked == 5
