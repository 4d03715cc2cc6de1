"""How often a stream is asked for news: at once when something happened, rarely while nothing does."""

import threading
import time

from infra.local.sources.activity import Activity

_IDLE_SECONDS = 0.25  # Lambda's own base rate, 4 polls a second
_EAGER_SECONDS = 0.02


def pauses(took: float, quiet: int) -> tuple[float, float]:
    """The least and the most seconds until the next poll, after one that took so long and so many empty ones.

    The least keeps polling to half of the time, so that a busy cloud is not asked to death. The most
    doubles with each empty poll.
    """
    least = min(took, _IDLE_SECONDS)
    return least, max(least, min(_EAGER_SECONDS * 2.0 ** min(quiet, 8), _IDLE_SECONDS))


class Pace:
    """The rhythm of one poller."""

    def __init__(self, stop: threading.Event, activity: Activity) -> None:
        self._stop = stop
        self._activity = activity
        self._quiet = 0
        self.polls()

    def polls(self) -> None:
        """Call before a poll."""
        self._seen = self._activity.touches()
        self._began = self._ended = time.monotonic()

    def polled(self, found: bool) -> None:
        """Call after a poll."""
        self._ended = time.monotonic()
        self._quiet = 0 if found else self._quiet + 1

    def rest(self, most: float = _IDLE_SECONDS) -> None:
        """Until the next poll is due; what was done since the last one counts as rest."""
        least, usual = pauses(self._ended - self._began, self._quiet)
        since = time.monotonic() - self._ended
        if self._stop.wait(max(0.0, min(least, most) - since)):
            return
        since = time.monotonic() - self._ended
        if self._activity.wait(self._seen, max(0.0, min(usual, most) - since)):
            self._quiet = 0
