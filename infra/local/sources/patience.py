"""What a poller does while the cloud does not answer: it says so once, and asks less and less often."""

import logging
import random
import threading

_log = logging.getLogger(__name__)


def backoff(failures: int, first: float = 0.1, most: float = 5.0) -> float:
    """Seconds to wait after so many failures in a row, with jitter of up to a half."""
    return min(first * 2.0 ** min(failures - 1, 30), most) * random.uniform(0.5, 1.0)  # nosec B311  # no secret


class Patience:
    """Counts the failures in a row of one poller."""

    def __init__(self, poller: str, stop: threading.Event) -> None:
        self._poller = poller
        self._stop = stop
        self._failures = 0

    def failed(self, error: Exception) -> None:
        """Waits before the next try, not beyond a stop."""
        self._failures += 1
        if self._failures == 1:
            _log.warning("%s: %s: %s; trying on", self._poller, type(error).__name__, error)
            _log.debug("%s", self._poller, exc_info=error)
        self._stop.wait(backoff(self._failures))

    def worked(self) -> None:
        if self._failures:
            _log.warning("%s: works again after %d failures", self._poller, self._failures)
        self._failures = 0
