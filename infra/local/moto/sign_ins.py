"""Cognito's tokens: how long they live, whose they are, and when they end."""

from collections.abc import Callable
from typing import Any

from moto.cognitoidp.exceptions import NotAuthorizedError, UserNotFoundError
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, CognitoIdpUserPoolClient

from infra.local.moto.patching import around

REMEMBERED = 20_000  # of the tokens of each kind, the newest ones
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
KINDS = {"access": "AccessToken", "id": "IdToken"}


def create_jwt(
    original: Callable[..., tuple[str, int]],
    self: CognitoIdpUserPool,
    client_id: str,
    username: str,
    token_use: str,
    expires_in: int = 0,
    extra_data: dict[str, Any] | None = None,
) -> tuple[str, int]:
    """moto gives each token an hour, whatever the client says."""
    claims = dict(extra_data or {})
    email = self._get_user(username).attribute_lookup.get("email")
    if token_use == "id" and email:  # nosec B105  # a kind of token, none itself
        claims["email"] = email
    return original(self, client_id, username, token_use, lifetime(self.clients[client_id], KINDS[token_use]), claims)


def lifetime(client: CognitoIdpUserPoolClient, kind: str) -> int:
    unit = client.extended_config.get("TokenValidityUnits", {}).get(kind, "hours")
    return int(client.extended_config.get(f"{kind}Validity", 1)) * SECONDS[unit]


def create_token(
    original: Callable[..., Any], self: CognitoIdpUserPool, client_id: str, username: str, *args: Any, **kwargs: Any
) -> Any:
    """Kept by the account's own name: moto keeps a token by whichever name was given, and looks for it by another."""
    made = original(self, client_id, self._get_user(username).username, *args, **kwargs)
    kept: tuple[dict[str, Any], ...] = (self.refresh_tokens, self.access_tokens, self.id_tokens)
    for tokens in kept:
        while len(tokens) > REMEMBERED:
            del tokens[next(iter(tokens))]
    return made


def sign_out(original: Callable[..., None], self: CognitoIdpUserPool, username: str) -> None:
    original(self, self._get_user(username).username)


def refresh(original: Callable[..., Any], self: CognitoIdpUserPool, refresh_token: str) -> Any:
    """moto breaks at a token that it does not know, and at that of an account that is gone."""
    _, username, _ = self.refresh_tokens.get(refresh_token) or (None, "", None)
    user = self.users.get(username)
    if user is None or not user.enabled:
        raise NotAuthorizedError("Invalid Refresh Token")
    return original(self, refresh_token)


def sign_in(original: Callable[..., Any], self: CognitoIdpBackend, pool_id: str, client_id: str, *args: Any) -> Any:
    """Nobody learns from the answer whether there is such an account, where the client says so."""
    try:
        return original(self, pool_id, client_id, *args)
    except UserNotFoundError:
        client = self.describe_user_pool_client(pool_id, client_id)
        if client.extended_config.get("PreventUserExistenceErrors") != "ENABLED":
            raise
        raise NotAuthorizedError("Incorrect username or password.") from None


def mend() -> None:
    around(CognitoIdpUserPool, "create_jwt", create_jwt)
    for kind in ("refresh", "access", "id"):
        around(CognitoIdpUserPool, f"create_{kind}_token", create_token)
    around(CognitoIdpUserPool, "sign_out", sign_out)
    around(CognitoIdpUserPool, "create_tokens_from_refresh_token", refresh)
    around(CognitoIdpBackend, "admin_initiate_auth", sign_in)
