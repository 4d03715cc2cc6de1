"""Several writers at once: all of them start at the same moment, and each tells what came of it."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def race(*writers: Callable[[], Any]) -> list[Any]:
    """What each writer gave, or the exception that it raised."""
    barrier = threading.Barrier(len(writers))

    def run(writer: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        try:
            return writer()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(writers)) as pool:
        return list(pool.map(run, writers))


def lost(outcomes: Sequence[Any], kind: type[Exception]) -> list[int]:
    """The places of those who lost by such an exception; any other exception is raised."""
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, kind):
            raise outcome
    return [place for place, outcome in enumerate(outcomes) if isinstance(outcome, kind)]


def winner(outcomes: Sequence[Any], kind: type[Exception]) -> int:
    """The place of the only one who did not lose."""
    losers = lost(outcomes, kind)
    [won] = [place for place in range(len(outcomes)) if place not in losers]
    return won
