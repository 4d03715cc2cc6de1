"""What the supervisor tells a worker, and what the worker's exit status tells the supervisor."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

# The exit status of an app that can not be loaded: trying again is of no use before its code changes.
BROKEN = 78


@dataclass(frozen=True)
class Assignment:
    """What a worker is to run; `events` are the properties of each handler's event source, by handler."""

    folder: str
    stage: str
    port: int
    endpoint: str
    checkpoints: str
    environment: dict[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def from_line(line: bytes) -> Assignment:
    return Assignment(**json.loads(line))
