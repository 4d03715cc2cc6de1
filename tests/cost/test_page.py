"""The page on cost tells what the command prints today."""

from infra.cost.bill import bill
from infra.cost.counts import load as load_counts
from infra.cost.prices import load as load_prices
from infra.cost.usage import Running, Traffic
from tests.cost.page import PAGE, renewed

TEXT = PAGE.read_text(encoding="utf-8")


def test_what_the_page_prints_is_what_its_commands_print() -> None:
    assert renewed(TEXT) == TEXT, "run: python -m tests.cost.record"


def test_the_page_shows_a_small_a_middling_and_a_large_shop() -> None:
    assert all(f"cost --orders-per-day {orders}\n" in TEXT for orders in (10, 1000, 100000))


def test_a_figure_that_is_no_longer_true_is_seen() -> None:
    assert renewed(TEXT.replace("a month of 30 days\n", "a month of 31 days\n")) == TEXT
    assert renewed(TEXT.replace("| gateway | 1 |", "| gateway | 2 |")) == TEXT


def test_what_is_always_on_is_dearer_for_a_small_shop_and_cheaper_for_a_large_one() -> None:
    always = 6 * (0.25 * 0.04048 + 0.5 * 0.004445) * 720 + 0.0225 * 720
    assert f"{always:.0f}" == "70"
    assert replaced(1_000) < always < replaced(10_000)


def replaced(orders: int) -> float:
    """What of the bill something always on would take the place of."""
    reckoned = bill(load_counts(), Traffic(orders), Running(), load_prices())
    return sum(line.sum for line in reckoned.lines if line.name.startswith(("lambda.", "apigateway.")))
