"""Where a list goes on: an opaque text that only we can make, and only for the list it was made for."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from chassis import settings
from chassis.aggregates import Listing, State
from chassis.refusals import Flaw, Invalid

S = TypeVar("S", bound=State)
_SEAL = 16  # bytes of the HMAC-SHA256 that are kept


class CursorNotOurs(Invalid):
    """A cursor that was changed, or made for another list."""

    def __init__(self) -> None:
        super().__init__(
            "This cursor does not belong to this list.",
            Flaw("cursor", "take it as it was given, or none", "parameter"),
        )


def seal(place: Mapping[str, str] | None, capability: str, *list_of: str) -> str | None:
    """The cursor for a place in the list that `list_of` describes; None at the end."""
    if place is None:
        return None
    body = msgspec.json.encode(dict(place), order="sorted")
    return base64.urlsafe_b64encode(_mac(body, capability, list_of) + body).decode().rstrip("=")


class Listed(Struct, Generic[S], frozen=True):
    """A page as it is shown; `next_cursor` is None at the end."""

    items: tuple[S, ...]
    next_cursor: str | None


def listed(page: Listing[S], capability: str, *list_of: str) -> Listed[S]:
    """The page, with the cursor for the next one."""
    return Listed(page.items, seal(page.after, capability, *list_of))


def unseal(cursor: str | None, capability: str, *list_of: str) -> dict[str, str] | None:
    """The place that a cursor was made for; raises CursorNotOurs for any other text."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise CursorNotOurs from None
    mac, body = raw[:_SEAL], raw[_SEAL:]
    if not hmac.compare_digest(mac, _mac(body, capability, list_of)):
        raise CursorNotOurs
    return msgspec.json.decode(body, type=dict[str, str])


def _mac(body: bytes, capability: str, list_of: tuple[str, ...]) -> bytes:
    key = settings.text(f"{capability.upper()}_CURSOR_KEY").encode()
    bound = msgspec.json.encode([capability, *list_of]) + b"\n" + body
    return hmac.new(key, bound, hashlib.sha256).digest()[:_SEAL]
