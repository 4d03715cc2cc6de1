"""Makes a visit and says how each step went; a visit that fails, or is stopped, is undone before anything else."""

import time
from collections.abc import Callable

import httpx

from infra.delivery.visit import Step, Visit, Wrong
from infra.shop import Refused, Unreachable

Say = Callable[[str], None]
_FAULTS = (Wrong, Refused, Unreachable, httpx.HTTPError, KeyError, ValueError, TypeError)


def smoke(visit: Visit, say: Say, complain: Say) -> bool:
    """Whether all went well and nothing stays behind; `complain` gets the one line that says what did not."""
    began, steps = time.monotonic(), visit.steps()
    try:
        for done, step in enumerate(steps, 1):
            if failure := _failure(step, say):
                complain(f"failed at step {done} of {len(steps)}, {failure}")
                return False
        say(f"{len(steps)} steps in {time.monotonic() - began:.1f} s: the shop works")
        return True
    finally:
        _undo(visit, say, complain)


def _undo(visit: Visit, say: Say, complain: Say) -> None:
    for what, undo in visit.undo():
        if failure := _failure((f"clean up: {what}", undo), say):
            complain(f"something stays behind, {failure}")


def _failure(step: Step, say: Say) -> str:
    """Takes the step and says so; what went wrong, if anything did."""
    name, take = step
    began = time.monotonic()
    try:
        found, failed = take(), ""
    except _FAULTS as error:
        found = failed = _told(error)
    say(f"{'FAILED' if failed else 'ok':<6} {time.monotonic() - began:6.2f} s  {name}: {found}")
    return f"{name}: {failed}" if failed else ""


def _told(error: Exception) -> str:
    """In one line, with the id under which the logs have the request, where the answer told it."""
    request = getattr(error, "request_id", "")
    plain = isinstance(error, Wrong | Refused | Unreachable)
    what = str(error) if plain else f"the answer was not understood ({type(error).__name__}: {error})"
    return " ".join(what.split()) + (f" (request {request})" if request else "")
