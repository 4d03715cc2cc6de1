"""Cognito's accounts: ids that can be written down beforehand, names whose case is no matter, one request at a time."""

import re
from collections.abc import Callable
from threading import RLock
from typing import Any

from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUser, CognitoIdpUserPool, CognitoIdpUserPoolClient
from moto.cognitoidp.responses import CognitoIdpResponse

from infra.local.moto.patching import around, instead

ACCOUNTS = RLock()
FOR_EVER = ("UsernameAttributes", "UsernameConfiguration", "AliasAttributes")
LONGEST_PASSWORD = 256
LONGEST_OF_MOTO = 98


def one_at_a_time(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with ACCOUNTS:
        return original(*args, **kwargs)


def create_pool(
    original: Callable[..., CognitoIdpUserPool], self: CognitoIdpBackend, name: str, config: dict[str, Any]
) -> CognitoIdpUserPool:
    """The pool `emporium-local` gets the id us-east-1_emporiumlocal, unless another pool has it."""
    pool = original(self, name, config)
    wanted = f"{self.region_name}_{letters(name)}"
    if wanted not in self.user_pools:
        pool.arn = pool.arn.removesuffix(pool.id) + wanted
        self.user_pools[wanted] = self.user_pools.pop(pool.id)
        pool.id = wanted
    return pool


def create_client(
    original: Callable[..., CognitoIdpUserPoolClient], self: CognitoIdpBackend, pool_id: str, *args: Any
) -> CognitoIdpUserPoolClient:
    """The client `emporium-local` gets the id emporiumlocal, unless another client of its pool has it."""
    client = original(self, pool_id, *args)
    clients = self.user_pools[pool_id].clients
    wanted = letters(str(client.extended_config.get("ClientName")))
    if wanted not in clients:
        clients[wanted] = clients.pop(client.id)
        client.id = wanted
    return client


def letters(name: str) -> str:
    """What an id may be made of."""
    return re.sub("[^0-9a-z]", "", name.lower())


def update_pool(original: Callable[..., None], self: CognitoIdpBackend, pool_id: str, config: dict[str, Any]) -> None:
    """moto forgets by what the accounts are named, and then finds none of them any more."""
    before = self.describe_user_pool(pool_id).extended_config
    original(self, pool_id, {name: before[name] for name in FOR_EVER if name in before} | config)


def account_of(self: CognitoIdpUserPool, username: str) -> CognitoIdpUser | None:
    """moto takes Ada@example.com and ada@example.com for two, whatever the pool says."""
    if username in self.users:
        return self.users[username]
    sensitive = self.extended_config.get("UsernameConfiguration", {}).get("CaseSensitive", True)
    wanted, same = (str(username), str) if sensitive else (str(username).casefold(), str.casefold)
    for name in self.extended_config.get("UsernameAttributes") or ():
        for user in list(self.users.values()):
            if name in user.attribute_lookup and same(user.attribute_lookup[name]) == wanted:
                return user
    return None


def check_password(original: Callable[..., None], self: CognitoIdpBackend, pool_id: str, password: str) -> None:
    """moto refuses those of more than 98 letters, Cognito those of more than 256."""
    original(self, pool_id, password if len(password) > LONGEST_PASSWORD else password[:LONGEST_OF_MOTO])


def mend() -> None:
    around(CognitoIdpResponse, "_dispatch", one_at_a_time)
    around(CognitoIdpBackend, "create_user_pool", create_pool)
    around(CognitoIdpBackend, "create_user_pool_client", create_client)
    around(CognitoIdpBackend, "update_user_pool", update_pool)
    around(CognitoIdpBackend, "_validate_password", check_password)
    instead(CognitoIdpUserPool, _get_user=account_of)
