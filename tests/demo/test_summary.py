"""The figures that a play of baskets ends with."""

import pytest

from infra.demo.summary import Outcome, percentile, summarise, text


def confirmed(seconds: float) -> Outcome:
    return Outcome("o", "confirmed", seconds)


def rejected(*short: str) -> Outcome:
    return Outcome("o", "rejected", 0.1, "out_of_stock", short)


def test_every_order_is_counted_once_and_the_settled_ones_make_the_rate() -> None:
    summary = summarise([confirmed(1), confirmed(2), rejected("p"), Outcome("o", "waiting")], seconds=2.0)
    assert (summary.orders, summary.per_second) == (4, 1.5)
    assert summary.counts == {"confirmed": 2, "rejected": 1, "cancelled": 0, "waiting": 1, "refused": 0}
    assert summary.reasons == {("rejected", "out_of_stock"): 1}


@pytest.mark.parametrize(
    ("outcomes", "settled"),
    [
        ([confirmed(1), rejected("p"), Outcome("o", "cancelled")], True),
        ([confirmed(1), Outcome("o", "waiting")], False),
        ([confirmed(1), Outcome("o", "refused", reason="Customer deactivated")], False),
    ],
)
def test_stock_that_runs_out_settles_an_order_and_an_order_without_an_answer_is_not_settled(
    outcomes: list[Outcome], settled: bool
) -> None:
    assert summarise(outcomes, 1.0).all_settled is settled


def test_only_confirmed_orders_have_a_time_to_confirmation() -> None:
    summary = summarise([rejected("p"), confirmed(0.2), confirmed(0.4)], 1.0)
    assert (summary.p50, summary.p99) == (0.2, 0.4)
    assert summarise([rejected("p")], 1.0).p50 is None


@pytest.mark.parametrize(("percent", "value"), [(1, 1), (50, 50), (99, 99), (99.5, 100), (100, 100)])
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(percent: float, value: float) -> None:
    assert percentile([float(number) for number in range(1, 101)], percent) == value


def test_products_are_told_by_name_those_that_were_short_most_often_first() -> None:
    summary = summarise([rejected("p", "q"), rejected("q"), *(rejected(f"r{number}") for number in range(5))], 1.0)
    [line] = [line for line in text(summary, {"q": "Bananas"}) if "short" in line]
    assert line.endswith("Bananas (2), p (1), r0 (1), r1 (1), r2 (1) and 2 more")


def test_the_summary_of_nothing_can_be_told() -> None:
    assert list(text(summarise([], 0.0), {})) == [
        "0 orders in 0.0 s: 0.0 orders/s",
        "  confirmed           0",
        "  rejected            0",
        "  cancelled           0",
    ]


def test_an_order_that_was_not_accepted_is_told_with_the_reason() -> None:
    lines = list(text(summarise([Outcome("o", "refused", reason="Customer deactivated")], 1.0), {}))
    assert "  not accepted        1  (Customer deactivated 1)" in lines
