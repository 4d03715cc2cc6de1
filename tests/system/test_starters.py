"""Who a local shop starts with, and how one becomes them in a shell."""

import subprocess
import sys

import httpx
import pytest

from infra.identity import CUSTOMERS, STAFF
from tests.infra.moto.running import a_cloud
from tests.infra.runner.running import Stack
from tests.system.conftest import Client

TOKEN = [sys.executable, "-m", "infra.cli", "token", "--url"]


def bearer(url: str, *who: str) -> dict[str, str]:
    said = subprocess.run([*TOKEN, url, *who], capture_output=True, text=True, check=True)
    return {"Authorization": f"Bearer {said.stdout.strip()}"}


def test_people_are_told_at_the_start_with_whom_they_can_sign_in(shop: Client) -> None:
    for email in (*CUSTOMERS, STAFF):
        assert "on this machine alone" in shop.stack.until_said(f"  {email}  password ")


def test_a_token_of_staff_opens_what_is_for_staff(shop: Client) -> None:
    url = shop.stack.address("front door")
    assert httpx.get(f"{url}/catalogue", headers=bearer(url, "--staff")).status_code == 200


@pytest.mark.parametrize("email", CUSTOMERS)
def test_a_token_of_a_customer_is_theirs_and_opens_nothing_that_is_for_staff(shop: Client, email: str) -> None:
    url = shop.stack.address("front door")
    own = bearer(url, "--customer", email)
    assert httpx.get(f"{url}/customers/me", headers=own).json()["email"] == email
    assert httpx.get(f"{url}/catalogue", headers=own).status_code == 403


def test_over_a_cloud_that_stays_the_shop_starts_again_with_the_same_people() -> None:
    with a_cloud() as cloud:
        seen = [_ada_over(cloud) for _ in range(2)]
    assert seen[0] == seen[1]


def _ada_over(cloud: str) -> str:
    """Ada's id in a shop that is started over the cloud and stopped again."""
    stack = Stack(None, "--empty", "--no-reload", "--cloud", cloud)
    try:
        url = stack.until_up().address("front door")
        return str(httpx.get(f"{url}/customers/me", headers=bearer(url, "--customer", "ada@example.com")).json()["id"])
    finally:
        assert stack.end() == 0
