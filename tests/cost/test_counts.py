"""The committed counts are what the code does: whatever makes an order dearer or cheaper is seen in review."""

import json
from collections.abc import Mapping

import pytest

from infra.cost.counts import FILE, LINES, load
from tests.cost.measured import measured

AGAIN = "what is billed has changed: python -m tests.cost.record writes it, and the commit says why"


def test_the_committed_counts_are_what_the_code_does(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measured(monkeypatch.setenv) == json.loads(FILE.read_text(encoding="utf-8")), AGAIN


def write_units(act: Mapping[str, Mapping[str, float]]) -> float:
    return sum(units.get("write_units", 0) for units in act.values())


def test_an_order_costs_the_write_units_that_the_design_can_not_do_without() -> None:
    """The order and its customer's allowance, each with its index entries; what is confirmed; and in one transaction,
    which costs double, the reservation and a stock for each line."""
    allowance, placed, confirmed = 1, 1 + 2, 1 + 1
    for lines in (1, 3):
        reserved = 2 * (1 + lines)
        assert write_units(load().acts[f"order {lines}"]) == allowance + placed + confirmed + reserved


def test_placing_an_order_makes_three_calls_whatever_its_lines() -> None:
    calls = {lines: load().acts[f"order {lines}"]["orders.api_handler"]["calls"] for lines in LINES}
    assert {calls[lines] for lines in (1, 3, 10, 40)} == {3}
    assert calls[99] == 4, "a batch read has 100 keys at most"


def test_nobody_reads_to_reserve_stock() -> None:
    assert all("read_units" not in load().acts[f"order {lines}"]["products.inbox"] for lines in LINES)
