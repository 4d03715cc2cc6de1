"""What stands in a Cognito user pool: clients, by which tokens are asked for, and groups."""

from collections.abc import Mapping
from typing import Any

from infra.local.clients import Clients
from infra.local.stacks.resources.kind import Attributes, Kind, Properties, Refused, fits

# What counts when a template leaves a property out, so that taking a line away takes its effect away.
_CLIENT_DEFAULTS: Mapping[str, Any] = {
    "AccessTokenValidity": 1,
    "EnableTokenRevocation": True,
    "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
    "IdTokenValidity": 1,
    "PreventUserExistenceErrors": "LEGACY",
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"},
    "WriteAttributes": None,  # all that are standard
}


def _ensure_client(clients: Clients, wanted: Properties) -> Attributes:
    name, pool = wanted["ClientName"], wanted["UserPoolId"]
    settings = {setting: wanted.get(setting, default) for setting, default in _CLIENT_DEFAULTS.items()}
    given = {setting: value for setting, value in settings.items() if value is not None}
    id = _client_id(clients, name, pool)
    if id is None:
        made = clients.cognito.create_user_pool_client(ClientName=name, UserPoolId=pool, **given)
        id = made["UserPoolClient"]["ClientId"]
    else:
        current = clients.cognito.describe_user_pool_client(ClientId=id, UserPoolId=pool)["UserPoolClient"]
        if not fits({setting: current.get(setting) for setting in settings}, settings):
            clients.cognito.update_user_pool_client(ClientId=id, ClientName=name, UserPoolId=pool, **given)
    return {"Ref": id, "ClientId": id, "Name": name}


def _client_id(clients: Clients, name: str, pool: str) -> str | None:
    listing = clients.cognito.get_paginator("list_user_pool_clients")
    pages = listing.paginate(UserPoolId=pool, PaginationConfig={"PageSize": 60})
    found = [client for page in pages for client in page["UserPoolClients"] if client["ClientName"] == name]
    if len(found) > 1:
        raise Refused(f"{len(found)} clients of the user pool have the name {name}: which one is meant is not known")
    return found[0]["ClientId"] if found else None


def _ensure_group(clients: Clients, wanted: Properties) -> Attributes:
    key = {"GroupName": wanted["GroupName"], "UserPoolId": wanted["UserPoolId"]}
    description = wanted.get("Description", "")
    try:
        current = clients.cognito.get_group(**key)["Group"]
    except clients.cognito.exceptions.ResourceNotFoundException:
        clients.cognito.create_group(**key, Description=description)
    else:
        if current.get("Description", "") != description:
            clients.cognito.update_group(**key, Description=description)
    return {"Ref": wanted["GroupName"]}


USER_POOL_CLIENT = Kind(
    shape={
        "ClientName": None,
        "UserPoolId": None,
        **dict.fromkeys(_CLIENT_DEFAULTS),
        "ExplicitAuthFlows": [None],
        "TokenValidityUnits": dict.fromkeys(_CLIENT_DEFAULTS["TokenValidityUnits"]),
        "WriteAttributes": [None],
    },
    required=("ClientName", "UserPoolId"),
    attributes=("ClientId", "Name"),
    ensure=_ensure_client,
)
USER_POOL_GROUP = Kind(
    shape={"GroupName": None, "UserPoolId": None, "Description": None},
    required=("GroupName", "UserPoolId"),
    attributes=(),
    ensure=_ensure_group,
)
