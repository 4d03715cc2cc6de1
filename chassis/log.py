"""One JSON line per thing worth telling, on standard output, each with the trace it belongs to (W3C traceparent)."""

import json
import os
import re
import sys
import traceback
from contextvars import ContextVar

import msgspec

from chassis import clock

# version-traceid-parentid-flags (W3C Trace Context, 3.2); an all-zero id is no id
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_trace: ContextVar[str] = ContextVar("trace", default="")


def follow(traceparent: str | None) -> str:
    """Continues the trace that a caller or an event brought, or begins one; gives the traceparent to hand on."""
    met = _TRACEPARENT.fullmatch(traceparent or "")
    trace_id = met.group(1) if met else os.urandom(16).hex()
    _trace.set(f"00-{trace_id}-{os.urandom(8).hex()}-01")
    return _trace.get()


def trace() -> str:
    """The traceparent of what is being done now."""
    return _trace.get() or follow(None)


def say(message: str, **fields: object) -> None:
    """Tells what happened."""
    _write("info", message, fields)


def warn(message: str, **fields: object) -> None:
    """Tells what somebody should look at."""
    _write("warning", message, fields)


def fail(message: str, error: BaseException, **fields: object) -> None:
    """Tells of a fault, with its traceback."""
    cause = f"{type(error).__name__}: {error}"
    _write("error", message, fields | {"cause": cause, "traceback": "".join(traceback.format_exception(error))})


def _write(level: str, message: str, fields: dict[str, object]) -> None:
    line = {"at": clock.stamp(clock.now()), "level": level, "message": message, "trace": trace()} | fields
    # one write a line, so that lines of several threads never mix
    sys.stdout.write(_json(line) + "\n")
    sys.stdout.flush()


def _json(line: dict[str, object]) -> str:
    try:
        return msgspec.json.encode(line, enc_hook=str).decode()
    except UnicodeEncodeError:  # half a surrogate pair, which the standard library writes as an escape
        return json.dumps(line, default=str)
