"""Who may use a route, and how a request says whose it is."""

from collections.abc import Iterator
from typing import Any, get_args

from chassis.auth import Caller, Kind, NotForYou, Role, admit
from chassis.doors import Door

_NAME = "access_token"
SCHEMES: dict[str, Any] = {
    _NAME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the identity provider (RFC 9068), for example from POST /sessions."
        " Whoever it was given to is a customer, unless it says that they are staff, or a service.",
    }
}


def security(door: Door) -> list[dict[str, list[str]]]:
    """One of these roles is enough; none is needed where there is none."""
    return [] if door.role == "public" else [{_NAME: [kind]} for kind in _admitted(door.role)]


def _admitted(role: Role) -> Iterator[Kind]:
    for kind in get_args(Kind):
        try:
            admit(Caller(kind, "somebody"), role)
        except NotForYou:
            continue
        if kind != "nobody":
            yield kind
