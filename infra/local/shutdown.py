"""Ends a stack in order: the front door takes no more, the apps finish what they have, last goes the cloud."""

import time
from collections.abc import Callable, Sequence

from infra.local.front_door import FrontDoor
from infra.local.processes import Child
from infra.local.web.server import Server

_DRAIN_SECONDS = 12.0  # a little above what a worker gives its own requests and batches


def shut_down(
    front: Server, door: FrontDoor, workers: Sequence[Child], cloud: Child | None, hurried: Callable[[], bool]
) -> None:
    """Returns with every process gone; as soon as `hurried` says so, nothing is waited for any more."""
    front.close()
    _wait(lambda: front.drained(0.02), hurried)
    door.close()
    _end(workers, hurried)
    _end([cloud] if cloud else [], hurried)


def _end(children: Sequence[Child], hurried: Callable[[], bool]) -> None:
    for child in children:
        child.terminate()
    _wait(lambda: all(child.wait(0.02) for child in children), hurried)
    for child in children:
        child.kill()
    for child in children:
        child.wait(5)


def _wait(condition: Callable[[], bool], hurried: Callable[[], bool]) -> None:
    """`condition` takes a moment itself where it is not met."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    while not condition() and not hurried() and time.monotonic() < deadline:
        pass
