"""Time and ids: the only places where chance and the clock enter, so that everything else can be replayed."""

import hashlib
import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _wall() -> datetime:
    return datetime.now(UTC)


_now: Callable[[], datetime] = _wall
_sleep: Callable[[float], None] = time.sleep


def use(source: Callable[[], datetime] | None, sleep: Callable[[float], None] | None = None) -> None:
    """Takes the time from another source (a simulation's, a test's); None gives the wall clock back."""
    global _now, _sleep
    _now, _sleep = source or _wall, sleep or time.sleep


def now() -> datetime:
    """The time in UTC, to the millisecond: what is stored and told compares equal to what was meant."""
    moment = _now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stamp(moment: datetime) -> str:
    """RFC 3339 of a fixed width, so that it sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def new_id(moment: datetime) -> str:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then chance, so that ids sort by their time."""
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    return str(_uuid(milliseconds.to_bytes(6) + os.urandom(10), version=7))


def derived_id(*parts: str) -> str:
    """The same id for the same parts, for ever: a UUIDv8 (RFC 9562, 5.8) over their SHA-256."""
    digest = hashlib.sha256("\x1f".join(f"{len(part)}:{part}" for part in parts).encode())
    return str(_uuid(digest.digest()[:16], version=8))


def pause(longest: float) -> None:
    """Waits a random part of `longest` seconds (full jitter), so that those who met once do not meet again."""
    _sleep(random.uniform(0, longest))  # nosec B311  # spreads callers; no secret hangs on it


def wait_until(moment: datetime) -> None:
    """Waits for a time; one that has passed is not waited for."""
    _sleep(max(0.0, (moment - _now()).total_seconds()))


def wait_out(began: datetime, step: timedelta) -> None:
    """Waits until a whole number of steps is over since then, one at least: what took long tells no more than that."""
    took = _now() - began
    left = max(1, -(-took // step)) * step - took if step else step
    _sleep(left.total_seconds())


def _uuid(raw: bytes, version: int) -> UUID:
    number = int.from_bytes(raw)
    number = number & ~(0xF << 76) | version << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)
