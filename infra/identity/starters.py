"""Opens the accounts that a local shop starts with, where they are not there yet."""

from collections.abc import Container, Iterator
from contextlib import suppress

import httpx

from infra.identity import CUSTOMERS, PASSWORD, STAFF
from infra.identity.accounts import Bearer, sign_up
from infra.local.clients import Clients
from infra.local.overview import Row
from infra.local.plan import STAGE
from infra.shop import Refused, connect


def told(apps: Container[str]) -> Iterator[Row]:
    """What people are told of them."""
    if "customers" not in apps:
        yield "sign-in", "nowhere: customers is not among the apps", ""
        return
    for role, email in [*(("customer", email) for email in CUSTOMERS), ("staff", STAFF)]:
        yield role, email, f"password {PASSWORD}, on this machine alone"


def are_strangers(refused: Refused) -> bool:
    """Whether the shop says no because it trusts another issuer: the accounts of the local cloud are nobody's there."""
    return refused.kind in ("accounts-are-elsewhere", "not-signed-in")


def open_customers(front_door: str) -> None:
    with connect(front_door, 1) as shop:
        for email, name in CUSTOMERS.items():
            sign_up(shop, email, name, PASSWORD)


def admit_staff(clients: Clients) -> httpx.Auth:
    """As an administrator does, for nobody makes themselves staff by the shop's own door; gives their token."""
    cognito = clients.cognito
    pools = cognito.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    pool = next(each["Id"] for page in pools for each in page["UserPools"] if each["Name"] == f"emporium-{STAGE}")
    with suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(UserPoolId=pool, Username=STAFF, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=STAFF, Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=STAFF, GroupName="staff")
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": STAFF, "PASSWORD": PASSWORD},
    )
    return Bearer(answer["AuthenticationResult"]["AccessToken"])
