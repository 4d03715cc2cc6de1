"""Handlers fired by a schedule, with a clock of the test's own."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.sources import Activity, ScheduleMapping, schedules

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


class Clock(threading.Event):
    """Both the time and the stop: waiting on it is what makes the time go by."""

    def __init__(self, end: datetime) -> None:
        super().__init__()
        self.time = START
        self._end = end

    def now(self) -> datetime:
        return self.time

    def wait(self, timeout: float | None = None) -> bool:
        self.time += timedelta(seconds=timeout or 0)
        return self.is_set() or self.time >= self._end


def fired(expression: str, minutes: int, invoke: Any = None, takes_seconds: int = 0) -> list[str]:
    clock = Clock(START + timedelta(minutes=minutes))
    times: list[str] = []

    def remember(event: dict[str, Any]) -> None:
        times.append(event["time"])
        clock.time += timedelta(seconds=takes_seconds)
        if invoke:
            invoke(event)

    schedules.run(ScheduleMapping("tick", expression), remember, clock, Activity(), clock.now)
    return times


def test_a_rate_fires_each_time_its_period_is_over() -> None:
    expected = ["2026-01-01T12:02:00Z", "2026-01-01T12:04:00Z", "2026-01-01T12:06:00Z"]
    assert fired("rate(2 minutes)", 7) == expected


def test_a_cron_fires_at_its_moments() -> None:
    assert fired("cron(30 * * * ? *)", 100) == ["2026-01-01T12:30:00Z", "2026-01-01T13:30:00Z"]


def test_moments_that_pass_while_the_handler_runs_are_left_out() -> None:
    times = fired("cron(* * * * ? *)", 6, takes_seconds=90)
    assert times == ["2026-01-01T12:01:00Z", "2026-01-01T12:03:00Z", "2026-01-01T12:05:00Z"]


def test_a_handler_that_fails_is_fired_again_at_the_next_moment(caplog: pytest.LogCaptureFixture) -> None:
    def fails(event: Any) -> None:
        raise RuntimeError("no luck")

    assert len(fired("rate(1 minute)", 4, fails)) == 3
    assert caplog.text.count("tick failed, due at") == 3
    assert "no luck" in caplog.text


def test_a_schedule_that_is_over_ends_the_run() -> None:
    assert fired("cron(0 0 1 1 ? 2020)", 5) == []


def test_a_stop_ends_a_long_wait() -> None:
    stop = threading.Event()
    run = threading.Thread(
        target=schedules.run,
        args=(ScheduleMapping("tick", "rate(1 day)"), print, stop, Activity()),
        daemon=True,
    )
    run.start()
    stop.set()
    run.join(30)
    assert not run.is_alive()
