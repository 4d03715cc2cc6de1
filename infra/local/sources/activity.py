"""Lets the pollers of a process know at once that something there may have written to a table."""

import threading


class Activity:
    """Shared by all that runs in one process: each request or event handled touches it.

    A stream is mostly written by the process that polls it. So a poller may ask rarely while nothing happens,
    and yet find a new record as soon as it is written.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._touches = 0

    def touch(self) -> None:
        with self._changed:
            self._touches += 1
            self._changed.notify_all()

    def touches(self) -> int:
        return self._touches

    def wait(self, seen: int, seconds: float) -> bool:
        """Until there are more touches than the `seen` ones (True), or the time is over (False)."""
        with self._changed:
            return self._changed.wait_for(lambda: self._touches != seen, seconds)
