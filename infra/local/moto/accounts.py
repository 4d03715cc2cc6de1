"""Cognito: ids that can be written down beforehand, and one request at a time."""

import re
from collections.abc import Callable
from threading import RLock
from typing import Any

from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, CognitoIdpUserPoolClient
from moto.cognitoidp.responses import CognitoIdpResponse

from infra.local.moto.patching import around

ACCOUNTS = RLock()


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


def mend() -> None:
    around(CognitoIdpResponse, "_dispatch", one_at_a_time)
    around(CognitoIdpBackend, "create_user_pool", create_pool)
    around(CognitoIdpBackend, "create_user_pool_client", create_client)
