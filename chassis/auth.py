"""Who calls, and on whose behalf something is done: told by the authorizer, asked again by each door.

The authorizer identifies and the door refuses: so that an answer is the same wherever an app runs, and no door trusts
its caller because a gateway did.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from chassis import clock, log
from chassis.refusals import Forbidden, Unauthenticated, Unavailable

Kind = Literal["nobody", "customer", "staff", "service"]
Role = Literal["public", "customer", "staff"]
ROLES: tuple[Role, ...] = ("public", "customer", "staff")
LEEWAY = timedelta(seconds=60)  # between our clock and the issuer's
SYSTEM = "system"  # who acts where nobody asked: a schedule
_STAFF = ("staff", "service")


class NotSignedIn(Unauthenticated):
    """The same words for whatever is wrong with a token: which of its parts is, helps only who forges one."""

    challenge = 'Bearer error="invalid_token"'

    def __init__(self) -> None:
        super().__init__("Sign in, and send the access token in the header Authorization: Bearer.")


class NotForYou(Forbidden):
    def __init__(self) -> None:
        super().__init__("This is not for who you are signed in as.")


class Caller(Struct, frozen=True):
    """Whoever is at the door; `id` is the subject of the token, which the issuer never gives to anybody else."""

    kind: Kind
    id: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind in _STAFF

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


NOBODY = Caller("nobody")


def kind_of(groups: Collection[str]) -> Kind:
    """What a member of these groups is; whoever is in none of ours is a customer."""
    return "staff" if "staff" in groups else "service" if "service" in groups else "customer"


class Identity(Struct, frozen=True):
    """What a good token says of its bearer."""

    caller: Caller
    issued_at: datetime
    expires: datetime


SignedOut = Callable[[str], datetime | None]


def as_context(identity: Identity) -> dict[str, str]:
    """An identity as the authorizer hands it on: a REST API keeps nothing but text in a context."""
    return {
        "kind": identity.caller.kind,
        "subject": identity.caller.id,
        "expires": str(int(identity.expires.timestamp())),
    }


def caller(context: Mapping[str, Any] | None) -> Caller:
    """Who the authorizer says is calling; raises NotSignedIn, or Unavailable where it could not find out."""
    told = context or {}
    if "unavailable" in told:
        raise Unavailable("Who you are can not be told just now; please ask again.")
    kind, subject, expires = (str(told.get(name, "")) for name in ("kind", "subject", "expires"))
    if kind not in ("customer", *_STAFF) or not subject or not expires.isdigit():
        raise NotSignedIn
    if datetime.fromtimestamp(int(expires), UTC) + LEEWAY <= clock.now():  # a gateway may keep what it was told
        raise NotSignedIn
    return Caller(kind, subject)  # type: ignore[arg-type]  # one of the three, as was just seen


def admit(who: Caller, role: Role) -> None:
    """Raises NotForYou for a caller whose role is too low. Whose things they are is asked by the commands."""
    if role == "staff" and not who.is_staff:
        raise NotForYou


def may_touch(who: Caller, owner: str) -> bool:
    """Whether what belongs to `owner` is the caller's to see and change: its own, and anything for staff."""
    if who.is_staff or (who.kind != "nobody" and who.id == owner):
        return True
    log.warn("denied", why="Another's", actor=str(who))  # not whose: a caller may have written anything there
    return False


_acting: ContextVar[str] = ContextVar("acting", default=SYSTEM)


def acting() -> str:
    """On whose behalf something is done now: what every fact is told with."""
    return _acting.get()


@contextmanager
def on_behalf_of(actor: str) -> Iterator[None]:
    """What is done within is done for the actor: a caller, or whoever caused the event that is heard."""
    token = _acting.set(actor or SYSTEM)
    try:
        yield
    finally:
        _acting.reset(token)
