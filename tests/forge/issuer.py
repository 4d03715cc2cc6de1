"""An issuer: its keys as it shows them, and access tokens as Cognito makes them, with anything about them changed."""

import json
import time
from dataclasses import dataclass
from typing import Any

from tests.forge.keys import Key, Sign, base64url, ec_key, rsa_key

Claims = dict[str, Any]
LEFT_OUT: Any = object()  # as the value of a claim or of a field of the header: it is not there at all

FIRST, SECOND, CURVE = "forge-1", "forge-2", "forge-3"  # the kids of the issuer's keys: RSA, RSA, P-256


@dataclass(frozen=True)
class Issuer:
    """Whom the apps trust: the address and the client are what they are told in their environment."""

    url: str = "https://identity.example.com/pool"
    client: str = "forge-client"
    other_client: str = "forge-other-client"  # the second of those that the apps take

    @property
    def keys(self) -> tuple[Key, Key, Key]:
        return rsa_key(FIRST), rsa_key(SECOND), ec_key(CURVE)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [key.jwk() for key in self.keys]}

    def discovery(self, jwks_url: str) -> dict[str, Any]:
        """The document at /.well-known/openid-configuration, as far as a resource server reads it."""
        return {"issuer": self.url, "jwks_uri": jwks_url, "id_token_signing_alg_values_supported": ["RS256"]}

    def claims(self, subject: str = "forge-ada", *groups: str, **changes: Any) -> Claims:
        """What a good access token says, just issued; `changes` are set, or LEFT_OUT."""
        now = int(time.time())
        good = {
            "sub": subject,
            "iss": self.url,
            "client_id": self.client,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "auth_time": now,
            "iat": now,
            "exp": now + 900,
            "jti": "00000000-0000-4000-8000-000000000001",
            "username": subject,
            **({"cognito:groups": list(groups)} if groups else {}),
        }
        return changed(good, changes)

    def mint(self, claims: Claims, key: Key | None = None, **header: Any) -> str:
        """A token that one of the keys really signed, the first where none is named; `header` is set, or LEFT_OUT."""
        key = key or self.keys[0]
        return token(changed({"typ": "JWT", "alg": key.alg, "kid": key.kid}, header), claims, key.sign)

    def bearer(self, subject: str, *groups: str) -> str:
        """A good token as the header Authorization has it."""
        return f"Bearer {self.mint(self.claims(subject, *groups))}"


def changed(good: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (good | changes).items() if value is not LEFT_OUT}


def token(header: Any, payload: Any, sign: Sign) -> str:
    """A JWS in its compact form; bytes stand in it as they are, anything else as JSON."""
    signed = ".".join(
        base64url(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (header, payload)
    )
    return f"{signed}.{base64url(sign(signed.encode()))}"


def unsigned(message: bytes) -> bytes:
    """Signs nothing."""
    return b""
