"""The page on cost tells what the command prints today."""

from tests.cost.page import PAGE, renewed

TEXT = PAGE.read_text(encoding="utf-8")


def test_what_the_page_prints_is_what_its_commands_print() -> None:
    assert renewed(TEXT) == TEXT, "run: python -m tests.cost.record"


def test_the_page_shows_a_small_a_middling_and_a_large_shop() -> None:
    assert all(f"cost --orders-per-day {orders}\n" in TEXT for orders in (10, 1000, 100000))


def test_a_figure_that_is_no_longer_true_is_seen() -> None:
    assert renewed(TEXT.replace("a month of 30 days\n", "a month of 31 days\n")) == TEXT
    assert renewed(TEXT.replace("| gateway | 1 |", "| gateway | 2 |")) == TEXT
