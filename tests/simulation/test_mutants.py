"""The simulation sees faults: each deliberate one is caught within so many seeds, all of which are good without it."""

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.run import run

BOUND = 200  # seeds; test_simulation.py holds that the first of them break no rule by themselves
# Where to begin with those that are seldom seen, so that nobody waits for what is known to show nothing.
FROM = {
    "who lost a race is told that it won": 40,
    "a deadline tells nobody": 30,
    "an answer that was lost is taken for anothers write": 25,
    "a cancellation that comes first leaves no tombstone": 20,
    "a restore does not raise versions": 150,
    "a restore does not ask for stock again": 30,
    "a cancellation that a restore undid is not made again": 150,
    "a restore forgets who was cancelled since": 30,
    "a token is good after its bearer signed out": 25,
    "what was read of a sign out is good for an hour": 20,
    "letters are deleted before they are sent again": 55,
    "a release makes another id of a key": 105,
    "what is told again is told once only": 45,
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_deliberate_fault_is_caught(name: str) -> None:
    first = FROM.get(name, 0)
    with MUTANTS[name]():
        caught = next((seed for seed in range(first, first + BOUND) if run(seed).violations), None)
    assert caught is not None
