"""No single fault on an order's way, and no two, break a rule: each is tried, and not left to chance."""

import pytest

from tests.simulation.exhaustive import after, with_faults
from tests.simulation.mutants import MUTANTS
from tests.simulation.part import Part


def test_the_way_without_faults_cancels_one_order_and_refuses_the_other() -> None:
    outcome, _ = with_faults()
    assert outcome.violations == ()
    assert outcome.orders == {"by_customer": 1, "out_of_stock": 1}


def test_no_single_fault_breaks_a_rule() -> None:
    outcomes = [with_faults(number)[0] for number in with_faults()[1]]
    assert len(outcomes) > 200
    assert [outcome.violations for outcome in outcomes if outcome.violations] == []
    assert all(sum(outcome.faults.values()) == 1 for outcome in outcomes)


@pytest.mark.parametrize("place", [0.3, 0.9])
def test_no_second_fault_after_it_breaks_a_rule_either(place: float) -> None:
    numbers = with_faults()[1]
    part = after(numbers[int(place * len(numbers))])
    assert part.runs > 20
    assert part.lines == ()


@pytest.mark.parametrize("name", ["state and facts are two writes", "what can not be heard is taken for heard"])
def test_a_single_fault_shows_what_chance_might_pass_by(name: str) -> None:
    numbers = with_faults()[1]
    with MUTANTS[name]():
        assert any(with_faults(number)[0].violations for number in numbers)


def test_the_parts_of_a_run_add_up() -> None:
    one, other = Part(("a",), calls=2, runs=1), Part(calls=3, runs=2)
    assert one + other == Part(("a",), calls=5, runs=3)
