"""Cognito's accounts, kept in a file: who has signed up signs in again after the cloud was started anew.

Sessions are not kept. The passwords stand there as they are: they are those of a shop on somebody's own machine.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpGroup, CognitoIdpUser, CognitoIdpUserPool, UserStatus

from infra.local.moto.patching import around

_CHANGES = (
    "admin_add_user_to_group",
    "admin_confirm_sign_up",
    "admin_create_user",
    "admin_delete_user",
    "admin_delete_user_attributes",
    "admin_disable_user",
    "admin_enable_user",
    "admin_remove_user_from_group",
    "admin_set_user_password",
    "admin_update_user_attributes",
)
Kept = dict[str, list[dict[str, Any]]]  # the accounts of each pool, by its id


class Accounts:
    """The file. All calls come one at a time (accounts.one_at_a_time)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: Kept = json.loads(path.read_text()) if path.exists() else {}

    def into(self, pool: CognitoIdpUserPool) -> None:
        for kept in self._found.get(pool.id, ()):
            pool.users[kept["username"]] = _user(pool.id, kept)

    def into_group(self, pool: CognitoIdpUserPool, group: CognitoIdpGroup) -> None:
        for kept in self._found.get(pool.id, ()):
            if group.group_name in kept["groups"] and kept["username"] in pool.users:
                user = pool.users[kept["username"]]
                group.users.add(user)
                user.groups.add(group)

    def save(self, backend: CognitoIdpBackend) -> None:
        pools = {id: [_kept(user) for user in pool.users.values()] for id, pool in backend.user_pools.items()}
        beside = self._path.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(self._found | pools))
        beside.rename(self._path)


def _kept(user: CognitoIdpUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "password": user.password,
        "status": user.status,  # which is text to JSON
        "enabled": user.enabled,
        "attributes": user.attributes,
        "groups": [group.group_name for group in user.groups],
    }


def _user(pool: str, kept: dict[str, Any]) -> CognitoIdpUser:
    user = CognitoIdpUser(pool, kept["username"], kept["password"], UserStatus(kept["status"]), kept["attributes"])
    user.id, user.enabled = kept["id"], kept["enabled"]
    user.update_attributes([{"Name": "sub", "Value": user.id}])  # the new one has made up another
    return user


def keep(path: Path) -> None:
    """From now on every pool begins with the accounts that it had in the file, and each change is written there."""
    accounts = Accounts(path)

    def create_pool(original: Callable[..., Any], self: CognitoIdpBackend, *args: Any) -> CognitoIdpUserPool:
        pool: CognitoIdpUserPool = original(self, *args)
        accounts.into(pool)
        return pool

    def create_group(original: Callable[..., Any], self: CognitoIdpBackend, pool_id: str, *args: Any) -> Any:
        group = original(self, pool_id, *args)
        accounts.into_group(self.user_pools[pool_id], group)
        return group

    def change(original: Callable[..., Any], self: CognitoIdpBackend, *args: Any, **kwargs: Any) -> Any:
        answer = original(self, *args, **kwargs)
        accounts.save(self)
        return answer

    around(CognitoIdpBackend, "create_user_pool", create_pool)
    around(CognitoIdpBackend, "create_group", create_group)
    for name in _CHANGES:
        around(CognitoIdpBackend, name, change)
