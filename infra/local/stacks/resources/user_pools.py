"""Cognito user pools: the accounts, and who may open one."""

from collections.abc import Mapping
from typing import Any

from infra.local.clients import REGION, Clients
from infra.local.stacks.resources.kind import Attributes, Kind, Properties, Refused, fits

# What counts when a template leaves a property out, so that taking a line away takes its effect away.
_DEFAULTS: Mapping[str, Any] = {
    "AccountRecoverySetting": None,
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False},
    "DeletionProtection": "INACTIVE",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "RequireUppercase": True,
            "TemporaryPasswordValidityDays": 7,
        }
    },
    "UserPoolTier": "ESSENTIALS",
}
_FOR_EVER = ("UsernameAttributes", "UsernameConfiguration")


def _ensure(clients: Clients, wanted: Properties) -> Attributes:
    id = _id(clients, wanted["UserPoolName"])
    if id is None:
        given = {name: wanted[name] for name in (*_DEFAULTS, *_FOR_EVER) if name in wanted}
        pool = clients.cognito.create_user_pool(PoolName=wanted["UserPoolName"], **given)["UserPool"]
    else:
        pool = clients.cognito.describe_user_pool(UserPoolId=id)["UserPool"]
        _change(clients, pool, wanted)
    provider = f"cognito-idp.{REGION}.amazonaws.com/{pool['Id']}"
    return {
        "Ref": pool["Id"],
        "Arn": pool["Arn"],
        "ProviderName": provider,
        "ProviderURL": f"https://{provider}",
        "UserPoolId": pool["Id"],
    }


def _id(clients: Clients, name: str) -> str | None:
    pages = clients.cognito.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    ids = [pool["Id"] for page in pages for pool in page["UserPools"] if pool["Name"] == name]
    if len(ids) > 1:
        raise Refused(f"{len(ids)} user pools have the name {name}: which one is meant is not known")
    return ids[0] if ids else None


def _change(clients: Clients, current: Mapping[str, Any], wanted: Properties) -> None:
    """Sets all as it is wanted if anything differs: what such a call leaves out falls back to its default."""
    for name in _FOR_EVER:
        if not fits(current.get(name), wanted.get(name)):
            raise Refused(f"the {name} of a user pool can not be changed")
    settings = {name: wanted.get(name, default) for name, default in _DEFAULTS.items()}
    if any(not fits(current.get(name, _DEFAULTS[name]), value) for name, value in settings.items()):
        given = {name: value for name, value in settings.items() if value is not None}
        clients.cognito.update_user_pool(UserPoolId=current["Id"], **given)


USER_POOL = Kind(
    shape={
        "UserPoolName": None,
        "UsernameAttributes": [None],
        "UsernameConfiguration": {"CaseSensitive": None},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": None},
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": None, "Priority": None}]},
        "DeletionProtection": frozenset({"ACTIVE", "INACTIVE"}),
        "UserPoolTier": frozenset({"LITE", "ESSENTIALS", "PLUS"}),
        "Policies": {"PasswordPolicy": dict.fromkeys(_DEFAULTS["Policies"]["PasswordPolicy"])},
    },
    required=("UserPoolName",),
    attributes=("Arn", "ProviderName", "ProviderURL", "UserPoolId"),
    ensure=_ensure,
)
