"""How often a stream is asked for news."""

import threading

from infra.local.sources import Activity
from infra.local.sources.pace import Pace, pauses


def test_polls_grow_rare_while_nothing_comes_up_to_four_a_second() -> None:
    waits = [pauses(0.001, quiet)[1] for quiet in range(8)]
    assert waits == sorted(waits)
    assert waits[0] == 0.02
    assert waits[-1] == 0.25


def test_a_slow_cloud_is_polled_half_of_the_time() -> None:
    assert pauses(0.12, 0) == (0.12, 0.12)
    assert pauses(9.0, 0) == (0.25, 0.25)


class Asked(Activity):
    """Remembers how long it was asked to wait, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seen: int, seconds: float) -> bool:
        self.waits.append(seconds)
        return super().wait(seen, 0)


def test_activity_since_the_poll_makes_the_next_rests_short_again() -> None:
    activity = Asked()
    pace = Pace(threading.Event(), activity)
    for _ in range(9):
        pace.polls()
        pace.polled(found=False)
        pace.rest()
    assert activity.waits[-1] > 0.1
    pace.polls()
    activity.touch()
    pace.polled(found=False)
    pace.rest()
    pace.polls()
    pace.polled(found=False)
    pace.rest()
    assert activity.waits[-1] <= 0.04


def test_a_wait_for_activity_tells_whether_there_was_any() -> None:
    activity = Activity()
    seen = activity.touches()
    assert not activity.wait(seen, 0)
    threading.Timer(0.01, activity.touch).start()
    assert activity.wait(seen, 30)
