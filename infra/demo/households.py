"""The households of the baskets as people of the shop."""

from collections.abc import Iterable, Iterator

import httpx

from infra.demo.crowd import each
from infra.identity.accounts import Account, sign_up

AT_ONCE = 32  # signing up takes a while whatever the shop finds, so that nobody learns who has an account


def open_accounts(shop: httpx.Client, households: Iterable[str], password: str) -> Iterator[tuple[str, Account]]:
    """Each household and its account; one that has signed up before is the same customer."""

    def open_account(household: str) -> tuple[str, Account]:
        email, name = f"household-{household}@example.com", f"Household {household}"
        return household, sign_up(shop, email, name, password)

    return each(open_account, households, AT_ONCE)
