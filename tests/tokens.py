"""Access tokens as the local identity provider gives them: signed with the key whose public half moto serves."""

import base64
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec
from joserfc import jwk, jwt
from moto.utilities.utils import load_resource

from chassis import clock, settings

STAFF = "staff:7c5f4b1e-0000-4000-8000-000000000001"
_KEYS = "cognitoidp/resources/jwks-{}.json"


def jwks(url: str) -> bytes:
    """What the provider answers, whatever it is asked: for chassis.keys.use."""
    return msgspec.json.encode(load_resource(_KEYS.format("public")))


def bearer(by: str, **claims: Any) -> str:
    """A header for a caller, written `kind:id` as everywhere; a claim given as None is left out."""
    return f"Bearer {token(by, **claims)}"


def token(by: str, **claims: Any) -> str:
    kind, _, id = by.partition(":")
    now = int(clock.now().timestamp())
    told = {
        "iss": settings.text("IDENTITY_ISSUER"),
        "client_id": settings.text("IDENTITY_CLIENT_IDS"),
        "sub": id,
        "token_use": "access",
        "iat": now,
        "exp": now + int(timedelta(minutes=15).total_seconds()),
    } | ({"cognito:groups": [kind]} if kind != "customer" else {})
    return jwt.encode({"alg": "RS256", "kid": "dummy"}, _given(told | claims), _key())


def subject(access_token: str) -> str:
    """Whose token it is."""
    payload = access_token.split(".")[1]
    return str(msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def _given(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if value is not None}


@cache
def _key() -> jwk.RSAKey:
    return jwk.RSAKey.import_key(load_resource(_KEYS.format("private")))
