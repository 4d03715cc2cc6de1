"""The scheduler's own rules: chance from the seed alone, a clock that jumps, and an end to what never ends."""

from functools import partial

import pytest

from tests.simulation.scheduler import NEVER, Scheduler, Stuck


def told_by(seed: int) -> tuple[str, str]:
    """In what order three tasks go on, and the trace of it."""
    scheduler, order = Scheduler(seed), list[str]()

    def run(name: str) -> None:
        for _ in range(4):
            scheduler.point("step")
            order.append(name)

    for name in "abc":
        scheduler.spawn(name, partial(run, name))
    scheduler.run(lambda: not scheduler.tasks, 100)
    return "".join(order), scheduler.trace


def test_the_same_seed_gives_the_same_order_and_another_one_another() -> None:
    assert told_by(1) == told_by(1)
    assert len({told_by(seed) for seed in range(5)}) == 5


def test_tasks_go_on_in_turns_and_not_one_after_the_other() -> None:
    orders = {told_by(seed)[0] for seed in range(20)}
    assert all(sorted(order) == sorted("abc" * 4) for order in orders)
    assert len(orders) > 15


def test_the_clock_jumps_over_what_nobody_waits_for() -> None:
    scheduler = Scheduler(1)
    scheduler.spawn("sleeper", lambda: scheduler.sleep(86_400.0))
    scheduler.run(lambda: not scheduler.tasks, 10)
    assert 86_400 <= scheduler.now < 86_401


def test_who_waits_for_another_goes_on_when_that_one_is_done_or_the_time_is_over() -> None:
    scheduler, seen = Scheduler(1), list[bool]()

    def wait() -> None:
        other = scheduler.spawn("other", lambda: scheduler.sleep(10.0))
        seen.append(scheduler.wait_for(other, 5.0))
        seen.append(scheduler.wait_for(other, 100.0))

    scheduler.spawn("waiter", wait)
    scheduler.run(lambda: not scheduler.tasks, 20)
    assert seen == [False, True]
    assert 10 <= scheduler.now < 11


def test_what_does_not_come_to_rest_is_told_with_those_that_were_under_way() -> None:
    scheduler = Scheduler(1)

    def turn() -> None:
        while True:
            scheduler.sleep(1.0)

    scheduler.spawn("wheel", turn)
    with pytest.raises(Stuck, match=r"not at rest after 50 steps.*wheel"):
        scheduler.run(lambda: False, 50)


def test_who_is_stopped_does_nothing_more() -> None:
    scheduler, done = Scheduler(1), list[str]()

    def tidy() -> None:
        try:
            scheduler.sleep(100.0)
        finally:
            scheduler.point("tidies up")
            done.append("tidied up")

    scheduler.spawn("tidy", tidy)
    scheduler.run(lambda: scheduler.steps > 0, 10)
    scheduler.stop()
    assert (scheduler.tasks, done) == ([], [])


def test_that_nobody_can_go_on_any_more_is_told_at_once() -> None:
    scheduler = Scheduler(1)
    scheduler.spawn("sleeper", lambda: scheduler.sleep(NEVER))
    with pytest.raises(Stuck, match="nobody can go on"):
        scheduler.run(lambda: False, 50)
