"""Since when whose tokens are good: a capability's own copy of what was told of sign-outs, for its authorizer."""

from contextlib import suppress
from datetime import datetime

import msgspec
from msgspec import Struct

from chassis.messages import Message
from chassis.table import NotWritten, Table
from chassis.writes import Copy


class Told(Struct, frozen=True):
    """A sign-out as it is told: the bearer `id` signed out everywhere."""

    id: str
    signed_out_at: datetime


class _Kept(Told, frozen=True):
    version: int


class SignOuts(Struct, frozen=True):
    """The last sign-out of each bearer of tokens, in a table."""

    table: Table

    def keep(self, heard: Message[Told]) -> None:
        """Keeps what was told, unless something newer was."""
        told = heard.data
        with suppress(NotWritten):  # told late or twice: something as new is there
            self.table.write(Copy(_key(told.id), _Kept(told.id, told.signed_out_at, heard.version)))

    def last(self, id: str) -> datetime | None:
        """When somebody last signed out everywhere, if ever, as far as is known here."""
        found = self.table.get(_key(id))
        return msgspec.convert(found, Told).signed_out_at if found else None


def _key(id: str) -> str:
    return f"sign_out#{id}"
