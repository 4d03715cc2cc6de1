"""Signing up and in: nobody learns who has an account, and nobody has a hand in another's."""

import base64
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from chassis import settings
from tests.gateway import lasting_shop
from tests.shop import Answer, Shop

PASSWORD = "Correct-horse-1"
numbers = count()


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


def new() -> str:
    return f"ada-{next(numbers)}@example.com"


def sign_up(shop: Shop, email: str, password: str = PASSWORD, **details: Any) -> Answer:
    return shop.call("POST", "/customers", {"email": email, "name": "Ada", "password": password} | details, by="")


def sign_in(shop: Shop, email: str, password: str = PASSWORD) -> Answer:
    return shop.call("POST", "/sessions", {"email": email, "password": password}, by="")


def refresh(shop: Shop, token: str) -> Answer:
    return shop.call("POST", "/sessions/refresh", {"refresh_token": token}, by="")


def with_account(shop: Shop, password: str = PASSWORD) -> str:
    email = new()
    assert sign_up(shop, email, password).status == 202
    return email


def signed_in(shop: Shop, email: str) -> str:
    """Who has the account, as everywhere: kind and id."""
    session = sign_in(shop, email).body
    return f"customer:{subject(session['access_token'])}"


def subject(access_token: str) -> str:
    payload = access_token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def as_said(answer: Answer) -> tuple[int, dict[str, str], Any]:
    """All of an answer but the one thing in which two of them may differ: the id of the request."""
    body = {name: value for name, value in answer.body.items() if name != "instance"}
    return answer.status, answer.headers, body


def test_a_weak_password_is_refused_alike_whether_or_not_the_email_has_an_account(shop: Shop) -> None:
    known, unknown = with_account(shop), new()
    for weak in ("short-1A", "no-digit-at-all-A", "no-upper-case-1", "NO-LOWER-CASE-1", "with a space 1A"):
        refused = sign_up(shop, known, weak)
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "#/password")
        assert as_said(refused) == as_said(sign_up(shop, unknown, weak))


def test_no_password_that_is_let_through_is_left_for_the_pool_to_refuse(shop: Shop) -> None:
    """Its policy may be less strict than ours, never more: else its no would tell who has an account."""
    pool = shop.clients.cognito.describe_user_pool(UserPoolId=settings.text("CUSTOMERS_USER_POOL_ID"))["UserPool"]
    policy = pool["Policies"]["PasswordPolicy"]
    assert (policy["MinimumLength"], policy["RequireSymbols"]) == (12, False)
    for length in (12, 256):
        barely = "aA1" + "x" * (length - 3)
        assert sign_in(shop, with_account(shop, barely), barely).status == 200
    assert sign_up(shop, new(), "aA1" + "x" * 8).status == 422
    assert sign_up(shop, new(), "aA1" + "x" * 254).status == 422


def test_whoever_is_deactivated_signs_in_no_more_and_no_session_goes_on(shop: Shop) -> None:
    email = with_account(shop)
    session = sign_in(shop, email).body
    assert shop.call("DELETE", "/customers/me", by=signed_in(shop, email), if_match="*").status == 204
    assert sign_in(shop, email).status == 401
    assert refresh(shop, session["refresh_token"]).status == 401


def test_whoever_claims_anothers_email_closes_no_account_but_its_own(shop: Shop) -> None:
    """An email stands in what a caller says of itself, and nobody has asked whether it is its own."""
    victim = with_account(shop)
    session = sign_in(shop, victim).body
    assert shop.call("PUT", "/customers/me", {"email": victim, "name": "Ada"}, by="customer:thief").status == 200
    assert shop.call("DELETE", "/customers/me", by="customer:thief", if_match="*").status == 204
    assert sign_in(shop, victim).status == 200
    assert refresh(shop, session["refresh_token"]).status == 200
