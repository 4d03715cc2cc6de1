"""The simulation sees faults: each deliberate one is caught by what the page names, which shows nothing without it."""

import pytest

from tests.simulation import page
from tests.simulation.exhaustive import firsts, with_faults
from tests.simulation.mutants import MUTANTS
from tests.simulation.part import put_in
from tests.simulation.run import run

UNREST = "all comes to rest"  # which is seen after tens of thousands of steps, and is left to the seeds
BOUND = 200  # seeds from the page's on: a change of the product moves what a seed does


@pytest.mark.parametrize("caught", [each for each in page.caught() if each.seed is not None], ids=lambda row: row.name)
def test_a_deliberate_fault_is_caught_by_a_seed(caught: page.Caught) -> None:
    assert caught.seed is not None
    with MUTANTS[caught.name]():
        assert any(run(seed).violations for seed in range(caught.seed, caught.seed + BOUND))


@pytest.mark.parametrize(
    "caught", [each for each in page.caught() if each.depth == 0 and each.rule != UNREST], ids=lambda row: row.name
)
def test_a_deliberate_fault_is_caught_on_a_path_that_nothing_else_disturbs(caught: page.Caught) -> None:
    with MUTANTS[caught.name]():
        assert with_faults(str(caught.path)).outcome.violations


@pytest.mark.parametrize("caught", [each for each in page.caught() if each.seed is None], ids=lambda row: row.name)
def test_what_no_seed_shows_is_caught_on_a_path(caught: page.Caught) -> None:
    assert caught.path
    with MUTANTS[caught.name]():
        assert firsts(caught.path)[0].lines


@pytest.mark.parametrize("two", page.twos(), ids=lambda two: two.name)
def test_two_guards_that_hold_each_other_are_missed_together(two: page.Two) -> None:
    with put_in([two.name, two.other]):
        assert any(run(seed).violations for seed in range(two.seed, two.seed + BOUND))
