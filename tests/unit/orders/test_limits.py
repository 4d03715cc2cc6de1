"""How much one customer may want: orders in a window of time, open orders, units of a product in one order."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.orders import model
from chalicelib.orders.model import Allowance, Limits, OrdersTooFast, Placed, TooManyOpenOrders, TooManyUnits, Wanted
from tests.builders import NOON, an_order, minutes

MANY = 1000
MINUTE = timedelta(minutes=1)


def limits(times: int = MANY, open: int = MANY, units: int = MANY) -> Limits:
    return Limits(times=times, window=MINUTE, open=open, units=units)


def counted(*at: float, version: int = 7) -> Allowance:
    """An allowance with an order for each of these minutes after noon, named by their places."""
    placed = tuple(Placed(f"o-{place}", minutes(each)) for place, each in enumerate(at))
    return Allowance(id="ada", version=version, placed=placed)


def take(
    allowance: Allowance | None, at: float, allowed: Limits, settled: Sequence[str] = (), order: str = "new"
) -> Allowance | None:
    return model.take_place(allowance, an_order(id=order), minutes(at), allowed, settled)


def names(allowance: Allowance | None) -> list[str]:
    assert allowance is not None
    return [each.order for each in allowance.placed]


# how often


def test_the_first_order_is_counted_for_its_customer() -> None:
    assert take(None, 0, limits()) == Allowance(id="ada", version=1, placed=(Placed("new", NOON),))


def test_an_order_is_counted_after_those_before_it_in_the_next_version() -> None:
    after = take(counted(0, 0.5), 0.6, limits())
    assert after is not None
    assert (after.version, names(after)) == (8, ["o-0", "o-1", "new"])


def test_one_more_than_the_limit_within_the_window_is_too_fast() -> None:
    assert take(counted(0, 0.1), 0.9, limits(times=3))
    with pytest.raises(OrdersTooFast):
        take(counted(0, 0.1, 0.2), 0.9, limits(times=3))


def test_an_order_leaves_the_window_at_the_very_moment_that_it_is_a_window_old() -> None:
    hair = 0.001 / 60  # a millisecond, which is as finely as time is told
    with pytest.raises(OrdersTooFast):
        take(counted(0), 1 - hair, limits(times=1))
    assert names(take(counted(0), 1, limits(times=1), settled=["o-0"])) == ["new"]


@pytest.mark.parametrize(
    ("placed", "now", "times", "seconds"),
    [
        ((0,), 0, 1, 60),
        ((0,), 0.5, 1, 30),
        ((0,), 0.999, 1, 1),
        ((0, 0.5), 0.75, 2, 15),  # the older of the two
        ((0, 0.5), 0.75, 1, 45),  # where the limit was lowered since: until the newer one is out, too
        ((-5, 0, 0.5), 0.75, 2, 15),  # one that is out already holds up nobody
        ((0,), 0.0001, 1, 60),  # never a moment too early
    ],
)
def test_whoever_is_too_fast_is_told_when_there_is_room_again(
    placed: tuple[float, ...], now: float, times: int, seconds: int
) -> None:
    with pytest.raises(OrdersTooFast) as refused:
        take(counted(*placed), now, limits(times=times))
    assert refused.value.retry_after == seconds
    assert f"{seconds} seconds" in refused.value.detail
    settled = [f"o-{place}" for place in range(len(placed))]
    assert take(counted(*placed), now + seconds / 60, limits(times=times), settled)


def test_whatever_became_of_an_order_it_was_placed() -> None:
    with pytest.raises(OrdersTooFast):
        take(counted(0), 0.5, limits(times=1), settled=["o-0"])


def test_an_order_that_is_counted_already_is_not_counted_again_however_little_is_left() -> None:
    """A retry of one that was counted and never saved, or saved and never answered."""
    full = counted(0, 0.1)
    assert take(full, 0.2, limits(times=2, open=2), order="o-1") is None
    assert take(full, 30, limits(times=1, open=1), order="o-0") is None


@given(some.lists(some.integers(0, 200), min_size=1, max_size=40).map(sorted), some.integers(1, 4))
def test_no_window_ever_has_more_orders_than_the_limit_and_no_room_is_left_unused(
    seconds: list[int], times: int
) -> None:
    allowance: Allowance | None = None
    placed: list[int] = []
    for number, second in enumerate(seconds):
        recent = [each for each in placed if each > second - 60]
        if len(recent) < times:
            allowance = take(allowance, second / 60, limits(times=times), order=f"o-{number}")
            placed.append(second)
            continue
        with pytest.raises(OrdersTooFast) as refused:
            take(allowance, second / 60, limits(times=times), order=f"o-{number}")
        assert second + refused.value.retry_after == recent[0] + 60


# how many at once


def test_an_order_beyond_the_open_ones_is_refused_however_long_ago_they_were_placed() -> None:
    assert take(counted(-600, -300), 0, limits(open=3))
    for now in (0, 100, 100_000):
        with pytest.raises(TooManyOpenOrders) as refused:
            take(counted(-600, -300, -1), now, limits(open=3))
        assert "3 of your orders" in refused.value.detail


def test_an_order_that_settled_makes_room() -> None:
    assert names(take(counted(-9, -8, -7), 0, limits(open=3), settled=["o-1"])) == ["o-0", "o-2", "new"]
    with pytest.raises(TooManyOpenOrders):
        take(counted(-9, -8, -7), 0, limits(open=3), settled=["another's"])


def test_a_settled_order_is_forgotten_once_it_is_out_of_the_window_and_no_sooner() -> None:
    after = take(counted(-9, -0.5), 0, limits(), settled=["o-0", "o-1"])
    assert names(after) == ["o-1", "new"]
    with pytest.raises(OrdersTooFast):
        take(after, 0, limits(times=2), order="newer")


def test_too_fast_is_said_before_too_many() -> None:
    """It passes by itself, and how soon is known."""
    with pytest.raises(OrdersTooFast):
        take(counted(0), 0, limits(times=1, open=1))


def test_what_is_kept_stays_small_as_long_as_orders_settle() -> None:
    allowance, settled = None, [f"o-{number}" for number in range(MANY)]
    for number in range(MANY):
        allowance = take(allowance, number, limits(times=2, open=2), settled[:number], order=f"o-{number}")
    assert allowance is not None
    assert (allowance.version, names(allowance)) == (MANY, [f"o-{MANY - 1}"])


# erased


def test_what_was_counted_of_an_erased_customer_is_forgotten_once() -> None:
    assert model.forget(None, "ada") == Allowance(id="ada", version=1, closed=True)
    closed = model.forget(counted(-9, 0), "ada")
    assert closed == Allowance(id="ada", version=8, closed=True)
    assert model.forget(closed, "ada") is None


def test_nothing_is_counted_of_an_erased_customer() -> None:
    with pytest.raises(model.CustomerDeactivated):
        take(model.forget(counted(0), "ada"), 0.5, limits())


# how much


def test_each_line_that_wants_too_many_units_is_named() -> None:
    wanted = [Wanted("tea", 10), Wanted("mug", 11), Wanted("pot", 1), Wanted("cup", 1000)]
    with pytest.raises(TooManyUnits) as refused:
        model.refuse_too_many_units(wanted, limits(units=10))
    assert [flaw.at for flaw in refused.value.flaws] == ["#/lines/1/quantity", "#/lines/3/quantity"]
    assert "10 units" in refused.value.detail


def test_as_many_units_as_the_limit_may_be_ordered_of_each_product() -> None:
    model.refuse_too_many_units([Wanted("tea", 10), Wanted("mug", 10)], limits(units=10))
    with pytest.raises(TooManyUnits):
        model.refuse_too_many_units([Wanted("tea", 1)], limits(units=0))
