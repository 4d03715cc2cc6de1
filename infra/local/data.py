"""A folder that keeps what a local shop holds from one run to the next, and takes one shop at a time."""

import fcntl
import os
import time
from pathlib import Path

_PATIENCE_SECONDS = 5.0  # a run that was killed takes a moment to be gone


class Unusable(Exception):
    """Nothing can be kept in the folder; the message says why."""


class InUse(Unusable):
    """Another shop runs on the folder."""


def claim(folder: Path) -> int:
    """A descriptor that holds the folder for as long as this process, or one that it was passed on to, has it open.

    Makes the folder where there is none: what is in it is nobody else's business. Raises Unusable.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise Unusable(f"nothing can be kept in {folder}: {problem.strerror}") from None
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return held
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(held)
                raise InUse(f"another shop runs on {folder}: stop it, or choose another folder") from None
        time.sleep(0.1)
