"""Access tokens in the simulation: all of a real one but its signature, and since when whose are good no more."""

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chassis.sign_outs import GOOD_FOR
from tests.simulation.cloud.dynamodb import Change

if TYPE_CHECKING:
    from tests.simulation.world import World

ISSUER, CLIENT = "https://issuer.example", "shop"
LIFE = 900  # seconds


class Tokens:
    """What each caller has, and what the tables know of sign-outs: when it was written there, and since when it is."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._issued: dict[str, int] = {}  # by caller: seconds since 1970
        self._signed_out: dict[tuple[str, str], list[tuple[float, datetime]]] = {}  # by table and subject

    def of(self, by: str) -> str:
        """The token that a caller has; one that is over was renewed."""
        now = self._now()
        issued = self._issued.setdefault(by, now)
        if issued + LIFE <= now:
            issued = self._issued[by] = now
        return bearer(by, issued)

    def renew(self, by: str) -> None:
        """The caller signed in again."""
        self._issued[by] = self._now()

    def see(self, change: Change) -> None:
        kind, _, subject = change.key.partition("#")
        if kind == "sign_out" and change.after:
            since = datetime.fromisoformat(change.after["signed_out_at"]["S"])
            self._signed_out.setdefault((change.table, subject), []).append((self._world.scheduler.now, since))

    def let_through(self, table: str, by: str, token: str, at: float) -> None:
        """Holds that a token which was taken at that time was not issued before a sign-out that was known by then."""
        known = [since for written, since in self._signed_out.get((table, by.partition(":")[2]), ()) if written <= at]
        issued = int(_claims(token)["iat"])
        if known and issued <= max(known).timestamp():  # what is told later may not take back what was
            self._world.violate("who signed out is out", f"{by} at {table}: issued {issued}, signed out {max(known)}")

    def _now(self) -> int:
        return int(self._world.moment().timestamp())


def before(now: float) -> float:
    """What was known then is known to every authorizer now."""
    return now - GOOD_FOR.total_seconds()


def bearer(by: str, issued: int) -> str:
    kind, _, subject = by.partition(":")
    claims = {
        "iss": ISSUER,
        "client_id": CLIENT,
        "sub": subject,
        "token_use": "access",
        "iat": issued,
        "exp": issued + LIFE,
    } | ({"cognito:groups": [kind]} if kind != "customer" else {})
    return f"Bearer {_part({'alg': 'RS256', 'kid': 'k'})}.{_part(claims)}.unsigned"


def unsigned(token: str, header: Any) -> Any:
    """In the place of chassis.tokens._part_of_signed: the claims, whoever signed them."""
    return _claims(token)


def _claims(token: str) -> Any:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
