"""Claims the ports before anything is started: while there is nothing to undo if one is taken."""

import errno
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from infra.local.web.server import bind


@dataclass(frozen=True)
class Wanted:
    """A port, what for, and the flag that moves it."""

    port: int
    part: str
    flag: str


class Taken(Exception):
    """The message is one line for the developer."""


def claim(front: Wanted, others: Sequence[Wanted]) -> socket.socket:
    """The front door's port, bound; the others are free just now and are bound by their own processes."""
    seen: dict[int, str] = {}
    for wanted in [front, *others]:
        if wanted.port and wanted.port in seen:
            raise Taken(_line(wanted, f"is the port of {seen[wanted.port]} already"))
        seen[wanted.port] = wanted.part
    door = _bind(front)
    try:
        with ExitStack() as probes:
            for wanted in others:
                probes.enter_context(_bind(wanted))
    except Taken:
        door.close()
        raise
    return door


def free_port() -> int:
    """A port that nobody holds just now."""
    with bind(0) as probe:
        return int(probe.getsockname()[1])


def _bind(wanted: Wanted) -> socket.socket:
    try:
        return bind(wanted.port)
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else f"can not be used: {error.strerror}"
        raise Taken(_line(wanted, reason)) from None


def _line(wanted: Wanted, reason: str) -> str:
    return f"port {wanted.port} {reason} ({wanted.part}); stop what runs there or choose another with {wanted.flag}"
