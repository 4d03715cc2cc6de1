"""One JSON line per thing worth telling, on standard output, each with the trace it belongs to (W3C traceparent)."""

import json
import os
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

import msgspec

from chassis import clock, settings

# version-traceid-parentid-flags (W3C Trace Context, 3.2); an all-zero id is no id
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
# The id of the invocation's trace in X-Ray: 1, eight digits of seconds, and 24 of chance, which are a W3C id as well.
# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
_XRAY = re.compile(r"Root=(1-([0-9a-f]{8})-([0-9a-f]{24}))(?:;|$)")
_trace: ContextVar[str] = ContextVar("trace", default="")
_about: ContextVar[Mapping[str, object]] = ContextVar("about", default=MappingProxyType({}))


def begin(about: Mapping[str, object], traceparent: str | None = None) -> None:
    """A new invocation: what every line of it tells beside its own fields, and the trace that a caller brought."""
    xray = _xray()
    _about.set({**about, "xray": xray[1]} if xray else about)
    follow(traceparent)


def follow(traceparent: str | None) -> str:
    """Continues the trace that a caller or an event brought, or begins one; gives the traceparent to hand on.

    One that begins here has the id that X-Ray has for this invocation, where it has one: both are then one trace.
    """
    if met := _TRACEPARENT.fullmatch(traceparent or ""):
        trace_id = met[1]
    else:
        xray = _xray()
        trace_id = xray[2] + xray[3] if xray else os.urandom(16).hex()
    _trace.set(f"00-{trace_id}-{os.urandom(8).hex()}-01")
    return _trace.get()


def trace() -> str:
    """The traceparent of what is being done now."""
    return _trace.get() or follow(None)


def say(message: str, /, **fields: object) -> None:
    """Tells what happened."""
    _write("info", message, fields)


def warn(message: str, /, **fields: object) -> None:
    """Tells what somebody should look at."""
    _write("warning", message, fields)


def fail(message: str, error: BaseException, /, **fields: object) -> None:
    """Tells of a fault, with its traceback."""
    cause = f"{type(error).__name__}: {error}"
    _write("error", message, fields | {"cause": cause, "traceback": "".join(traceback.format_exception(error))})


def _write(level: str, message: str, fields: dict[str, object]) -> None:
    line = {"at": clock.stamp(clock.now()), "level": level, "message": message, "trace": trace()}
    # one write a line, so that lines of several threads never mix
    sys.stdout.write(_json({**line, **_about.get(), **fields}) + "\n")
    sys.stdout.flush()


def _json(line: dict[str, object]) -> str:
    try:
        return msgspec.json.encode(line, enc_hook=str).decode()
    except UnicodeEncodeError:  # half a surrogate pair, which the standard library writes as an escape
        return json.dumps(line, default=str)


def _xray() -> re.Match[str] | None:
    """Lambda sets it anew for each invocation: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html."""
    return _XRAY.search(settings.text("_X_AMZN_TRACE_ID", ""))
