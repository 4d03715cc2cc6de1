"""Since when whose tokens are good: a capability's own copy of what was told of sign-outs, for its authorizer."""

from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from chassis import clock
from chassis.messages import Message
from chassis.table import NotWritten, Table
from chassis.writes import Copy

GOOD_FOR = timedelta(seconds=1)
MOST = 10_000  # bearers whose last sign-out is remembered at once


class Told(Struct, frozen=True):
    """A sign-out as it is told: the bearer `id` signed out everywhere."""

    id: str
    signed_out_at: datetime


class _Kept(Told, frozen=True):
    version: int


class SignOuts:
    """The last sign-out of each bearer of tokens, in a table.

    What was read is good for a second: a copy is as late as the event that it comes by, and whoever asks again and
    again costs one read. `read` has what was read, and when.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self.read: dict[str, tuple[datetime, datetime | None]] = {}

    def keep(self, heard: Message[Told]) -> None:
        """Keeps what was told, unless something newer was."""
        told = heard.data
        with suppress(NotWritten):  # told late or twice: something as new is there
            self._table.write(Copy(_key(told.id), _Kept(told.id, told.signed_out_at, heard.version)))
        self.read.pop(told.id, None)

    def last(self, id: str) -> datetime | None:
        """When somebody last signed out everywhere, if ever, as far as is known here."""
        now = clock.now()
        read_at, at = self.read.get(id, (None, None))
        if read_at is None or not read_at <= now < read_at + GOOD_FOR:
            found = self._table.get(_key(id))
            at = msgspec.convert(found, Told).signed_out_at if found else None
            if len(self.read) >= MOST:
                self.read.clear()
            self.read[id] = now, at
        return at


def _key(id: str) -> str:
    return f"sign_out#{id}"
