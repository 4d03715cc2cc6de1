"""The simulation sees faults: each deliberate one is caught within so many seeds, all of which are good without it."""

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.run import run

BOUND = 200  # seeds; test_simulation.py holds that none of them breaks a rule by itself


@pytest.mark.parametrize("name", MUTANTS)
def test_a_deliberate_fault_is_caught(name: str) -> None:
    with MUTANTS[name]():
        caught = next((seed for seed in range(BOUND) if run(seed).violations), None)
    assert caught is not None
