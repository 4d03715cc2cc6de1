"""Two releases side by side in one world: each from its own code, on the world's clock and clients."""

import random

from tests.simulation.faults import Faults
from tests.simulation.released_code import last, today
from tests.simulation.rollout import Rollout, drawn
from tests.simulation.run import run


def test_the_last_release_is_other_code_than_todays_with_the_same_apps() -> None:
    assert set(last().apps) <= set(today().apps)
    assert last().clock is not today().clock
    assert last().apps["orders"].app is not today().apps["orders"].app
    assert last().apps["orders"].app.routes.keys() <= today().apps["orders"].app.routes.keys()


def test_a_rollout_begins_with_the_last_release_and_ends_with_todays() -> None:
    rollout = Rollout(10.0, 60.0, False, random.Random(1))
    assert rollout.serves(9.0) is last()
    assert {id(rollout.serves(40.0)) for _ in range(50)} == {id(last()), id(today())}
    assert rollout.serves(70.0) is today()


def test_a_rollout_that_is_taken_back_ends_with_the_last_release() -> None:
    assert Rollout(10.0, 60.0, True, random.Random(1)).serves(70.0) is last()


def test_a_seed_in_which_two_releases_work_has_them_at_the_same_time_as_its_other_faults() -> None:
    mixed = next(seed for seed in range(20) if drawn(seed, Faults(seed)))
    outcome = run(mixed)
    assert outcome.faults["another release"] == 1
    assert not outcome.violations
    assert last().aws._clients == {}
