"""How fast operators' tools go: what was broken a moment ago is not to be drowned in what it missed."""

from datetime import timedelta

from chassis import clock


class Pace:
    """At most `rate` things a second."""

    def __init__(self, rate: float) -> None:
        self._each = timedelta(seconds=1 / rate)
        self._due = clock.now()

    def take(self, count: int) -> None:
        """Waits until so many more may be done."""
        clock.wait_until(self._due)
        self._due = max(self._due, clock.now()) + count * self._each
