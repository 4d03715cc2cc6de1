"""How what a part says is shown: one line of JSON is made readable, the rest stays as it is."""

import json
import re

# A worker's access line, of a request that did not fail.
_SERVED = re.compile(rb"[A-Z]+ \S+ [1-4]\d\d \d+ ms\s*")
_LEVELS = {"warning": "WARNING ", "error": "ERROR ", "critical": "ERROR "}
_LEFT_OUT = {"at", "timestamp", "level", "message", "traceback"} | {
    # what all lines of an invocation tell alike
    "capability",
    "cold_start",
    "function",
    "request_id",
    "stage",
    "trace",
    "xray",
}


def readable(line: bytes) -> bytes:
    """A structured log line as its message and its fields; its times and ids are for machines (--verbose)."""
    told = _told(line)
    if told is None:
        return line
    fields = "".join(f" {name}={value}" for name, value in told.items() if name not in _LEFT_OUT)
    traceback = "".join(f"\n    {each}" for each in str(told.get("traceback", "")).splitlines())
    level = _LEVELS.get(str(told["level"]).lower(), "")
    return f"{level}{told['message']}{fields}{traceback}".encode()


def is_routine(line: bytes) -> bool:
    """Whether the line tells only that something went as it should."""
    told = _told(line)
    return told["level"] in ("info", "debug") if told else bool(_SERVED.fullmatch(line))


def _told(line: bytes) -> dict[str, object] | None:
    try:
        told = json.loads(line) if line.startswith(b"{") else None
    except ValueError:
        return None
    return told if isinstance(told, dict) and {"level", "message"} <= told.keys() else None
