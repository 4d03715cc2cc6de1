"""The faults of moto's Cognito that the embedded cloud mends, added to those of the other services."""

import base64
import json
from typing import Any

from botocore.exceptions import ClientError
from moto.cognitoidp.models import CognitoIdpUserPool, cognitoidp_backends

from infra.local.moto import sign_ins
from tests.infra.moto.faults import HERE, QUESTIONS, at_once, client, fault, is_refused

__all__ = ["QUESTIONS"]

PASSWORD = "Twelve letters 1"
ADA = "ada@example.com"


class Pool:
    """A pool of accounts that are named by their email, with a client and Ada's account."""

    def __init__(self, **of_client: Any) -> None:
        self.cognito = client("cognito-idp")
        names = {"UsernameAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": False}}
        self.id = self.cognito.create_user_pool(PoolName="a-pool", **names)["UserPool"]["Id"]
        made = self.cognito.create_user_pool_client(UserPoolId=self.id, ClientName="a-client", **of_client)
        self.client_id = made["UserPoolClient"]["ClientId"]
        self.sub = self.open(ADA)

    def open(self, email: str) -> str:
        user = self.cognito.admin_create_user(UserPoolId=self.id, Username=email, MessageAction="SUPPRESS")["User"]
        self.set_password(PASSWORD)
        return str(user["Username"])

    def held(self) -> CognitoIdpUserPool:
        """The pool as it is in the memory of a cloud in this process."""
        account, region = HERE
        return cognitoidp_backends[account][region].user_pools[self.id]

    def set_password(self, password: str) -> None:
        self.cognito.admin_set_user_password(UserPoolId=self.id, Username=ADA, Password=password, Permanent=True)

    def asking(self, flow: str, **parameters: str) -> dict[str, Any]:
        return {"UserPoolId": self.id, "ClientId": self.client_id, "AuthFlow": flow, "AuthParameters": parameters}

    def sign_in(self, email: str = ADA) -> dict[str, Any]:
        asking = self.asking("ADMIN_USER_PASSWORD_AUTH", USERNAME=email, PASSWORD=PASSWORD)
        answer: dict[str, Any] = self.cognito.admin_initiate_auth(**asking)["AuthenticationResult"]
        return answer

    def refuses(self, refresh_token: str) -> bool:
        asking = self.asking("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=refresh_token)
        return is_refused("NotAuthorizedException", self.cognito.admin_initiate_auth, **asking)


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


@fault
def the_ids_of_a_user_pool_can_not_be_known_beforehand() -> bool:
    pool = Pool()
    return (pool.id, pool.client_id) != ("us-east-1_apool", "aclient")


@fault
def people_who_ask_for_one_name_at_once_all_get_it_or_break_the_cloud() -> bool:
    pool = Pool()
    users = pool.held().users
    users.update({f"of-many-{number}": users[pool.sub] for number in range(1000)})  # the longer the look for the name
    account = {"UserPoolId": pool.id, "Username": "bea@example.com", "MessageAction": "SUPPRESS"}
    failures = at_once([lambda: pool.cognito.admin_create_user(**account)] * 8)
    return ["UsernameExistsException" in str(failure) for failure in failures] != [True] * 7


@fault
def a_changed_user_pool_forgets_by_what_its_accounts_are_named() -> bool:
    pool = Pool()
    pool.cognito.update_user_pool(UserPoolId=pool.id, DeletionProtection="ACTIVE")
    return is_refused("UserNotFoundException", pool.cognito.admin_get_user, UserPoolId=pool.id, Username=ADA)


@fault
def the_case_of_an_email_makes_another_account_of_it() -> bool:
    pool = Pool()
    again = {"UserPoolId": pool.id, "Username": "Ada@Example.com"}
    return not is_refused("UsernameExistsException", pool.cognito.admin_create_user, **again)


@fault
def a_long_password_is_refused() -> bool:
    pool = Pool()
    try:
        pool.set_password(PASSWORD * 16)
    except ClientError:
        return True
    return False


@fault
def a_token_lives_for_an_hour_whatever_its_client_says() -> bool:
    pool = Pool(AccessTokenValidity=15, TokenValidityUnits={"AccessToken": "minutes"})
    answer = pool.sign_in()
    told = claims(answer["AccessToken"])
    return (told["exp"] - told["iat"], answer["ExpiresIn"]) != (900, 900)


@fault
def signing_somebody_out_by_their_id_ends_nothing() -> bool:
    pool = Pool()
    token = pool.sign_in()["RefreshToken"]
    pool.cognito.admin_user_global_sign_out(UserPoolId=pool.id, Username=pool.sub)
    return not pool.refuses(token)


@fault
def an_unknown_refresh_token_breaks_the_cloud() -> bool:
    return not Pool().refuses("nobody's")


@fault
def the_refresh_token_of_an_account_that_is_gone_breaks_the_cloud() -> bool:
    pool = Pool()
    token = pool.sign_in()["RefreshToken"]
    pool.cognito.admin_delete_user(UserPoolId=pool.id, Username=pool.sub)
    return not pool.refuses(token)


@fault
def the_refresh_token_of_a_disabled_account_is_taken() -> bool:
    pool = Pool()
    token = pool.sign_in()["RefreshToken"]
    pool.cognito.admin_disable_user(UserPoolId=pool.id, Username=pool.sub)
    return not pool.refuses(token)


@fault
def an_account_that_is_not_there_is_told_from_a_wrong_password() -> bool:
    pool = Pool(PreventUserExistenceErrors="ENABLED")
    asking = pool.asking("ADMIN_USER_PASSWORD_AUTH", USERNAME="nobody@example.com", PASSWORD=PASSWORD)
    return not is_refused("NotAuthorizedException", pool.cognito.admin_initiate_auth, **asking)


@fault
def every_token_is_kept_for_ever() -> bool:
    pool, remembered = Pool(), sign_ins.REMEMBERED
    sign_ins.REMEMBERED = 3
    try:
        for _ in range(5):
            pool.sign_in()
    finally:
        sign_ins.REMEMBERED = remembered
    held = pool.held()
    return max(len(held.refresh_tokens), len(held.access_tokens), len(held.id_tokens)) > 3
