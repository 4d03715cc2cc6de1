"""A backlog drains: nobody is starved, asking again does not feed it, and nothing is reserved that nobody waits for."""

from datetime import timedelta
from functools import cache
from math import inf

import pytest

from chalicelib.orders import reactions, store
from chassis import clock
from tests.builders import an_order
from tests.simulation import backlog
from tests.simulation.backlog import EVERY, HOUR, USUAL, Seen, run_burst, scaled
from tests.simulation.mutants import instead
from tests.simulation.world import World

SLOW = 400.0  # seconds from one order to the next: 900 in the burst


@cache
def burst(off: float = 0.0) -> Seen:
    return run_burst(off=off, usual=SLOW)


def test_a_burst_drains_and_orders_that_come_after_it_wait_no_longer_than_that() -> None:
    seen = burst()
    over = seen.burst[1]
    fresh = seen.waits(over, inf)
    assert set(seen.ends.values()) == {"confirmed"}
    assert seen.drained <= HOUR
    assert fresh[-1] <= seen.drained
    assert fresh[len(fresh) // 2] <= 2 * EVERY * SLOW / USUAL  # half of them come to an empty queue


@pytest.mark.parametrize("off", [0.0, 3 * HOUR])
def test_asking_again_adds_less_than_half_of_the_messages_to_a_backlog(off: float) -> None:
    seen = burst(off)
    assert seen.violations == ()
    assert seen.each <= 1.5


def test_were_more_to_ask_again_at_once_they_would_feed_the_backlog_that_they_wait_in() -> None:
    with instead(backlog, "ASK_AT_ONCE", 3):
        assert run_burst(off=3 * HOUR, usual=SLOW).each > 1.5


def test_nothing_is_reserved_for_orders_that_were_not_answered_by_their_deadline() -> None:
    seen = run_burst(deadline=HOUR / 2, usual=SLOW)
    assert seen.violations == ()
    assert set(seen.ends.values()) == {"confirmed", "timed_out"}
    assert seen.in_vain == 0
    confirmed = [seen.answered[id] - seen.placed[id] for id, end in seen.ends.items() if end == "confirmed"]
    assert max(confirmed) <= HOUR / 2 + 60.0


def test_orders_that_are_never_answered_do_not_keep_others_from_asking() -> None:
    """Whoever asked goes to the end of the line, cancelled or not."""
    world, asked = World(0), list[int]()

    def wait() -> None:
        soon = clock.now()
        for number in range(30):
            due = soon + timedelta(seconds=number)
            store.orders.save(an_order(id=f"cancelled-{number}", status="cancelled", ask_at=due))
        store.orders.save(an_order(id="placed", ask_at=soon + timedelta(minutes=1), answer_by=soon + timedelta(days=1)))
        for _ in range(120):
            world.scheduler.sleep(60.0)
            reactions.when_time_passes()
            placed = store.orders.get("placed")
            assert placed is not None
            asked.append(placed.asked)

    world.faults.heal()
    with world.entered(), scaled():
        waiting = world.scheduler.spawn("wait", wait)
        world.scheduler.run(lambda: waiting.done, 100_000)
    assert asked[35] == 1
    assert asked[-1] >= 3
