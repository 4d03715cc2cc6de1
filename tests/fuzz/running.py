"""Schemathesis over the running shop: each document asked for all that it offers, as one who is signed in."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from infra.apps_in_process import ROOT
from infra.identity import CUSTOMERS, PASSWORD, STAFF
from infra.identity.accounts import Account, sign_up
from tests.infra.runner.running import Stack

# By the name that a run calls them: every customer, and one of staff.
CALLERS: Mapping[str, str] = {email.partition("@")[0]: email for email in CUSTOMERS} | {"staff": STAFF}
_SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
_CONFIG = Path(__file__).with_name("schemathesis.toml")  # found there by its name
# What is asked thousands of times is not to be stopped by what stops a person who does.
_UNLIMITED = {
    **dict.fromkeys(("CUSTOMERS_SIGN_IN_LIMIT", "CUSTOMERS_SIGN_UP_LIMIT", "ORDERS_PLACING_LIMIT"), "1000000/60"),
    "ORDERS_OPEN_LIMIT": "1000000",
}
GOODS = [f"goods-{number}" for number in range(6)]
_OTHERS = [f"somebody-{number}@example.com" for number in range(4)]  # whose accounts staff may close


class Shop(Struct, frozen=True):
    """Where it is, and the ids of the customers, by who may ask for them."""

    url: str
    customers: Mapping[str, Sequence[str]]


@contextmanager
def open_shop() -> Iterator[Shop]:
    """A shop of our own, with people and goods in it."""
    stack = Stack(None, "--empty", "--no-reload", environment=_UNLIMITED)
    try:
        url = stack.until_up().address("front door")
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
            staff = Account(http, STAFF, PASSWORD)
            for sku in GOODS:
                _deliver(http, sku, staff)
            known, others = ([_customer(http, email) for email in emails] for emails in (CUSTOMERS, _OTHERS))
        yield Shop(url, {"ada": ["me", *known], "staff": others})
    finally:
        stack.end()


def run(shop: Shop, document: Path, caller: str, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Asks the shop for all that the document offers; ends with 0 where every check holds.

    The folder takes the settings. Whoever ended the account that the run is signed in with would have nothing left
    to do, so no customer does.
    """
    settings = {
        "people.json": json.dumps({"auth": [{"name": name, **_login(email)} for name, email in CALLERS.items()]}),
        "customers.txt": _dictionary(shop.customers[caller]),
        "goods.txt": _dictionary(GOODS),
        _CONFIG.name: _CONFIG.read_text(encoding="utf-8"),
    }
    for name, text in settings.items():
        (folder / name).write_text(text, encoding="utf-8")
    ends = ("deactivate_customer", "erase_customer")
    spared = [] if caller == "staff" else [part for end in ends for part in ("--exclude-operation-id", end)]
    return subprocess.run(
        [_SCHEMATHESIS, "run", document, "--url", shop.url, "--auth-wfc-user", caller, *spared, *flags],
        cwd=folder,
        env=os.environ | {"FUZZ_CALLER": caller, "SCHEMATHESIS_HOOKS": f"{__package__}.hooks", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _customer(http: httpx.Client, email: str) -> str:
    """The id."""
    account = sign_up(http, email, "Somebody", PASSWORD)
    return str(http.get("/customers/me", auth=account).raise_for_status().json()["id"])


def _deliver(http: httpx.Client, sku: str, staff: Account) -> None:
    body = {"sku": sku, "name": sku.title(), "price": {"amount": 349, "currency": "USD"}}
    http.post("/products", json=body, auth=staff).raise_for_status()
    delivery = {"delta": 1_000_000, "reason": "delivery"}
    http.post(f"/products/{sku}/stock-adjustments", json=delivery, auth=staff).raise_for_status()


def _dictionary(values: Iterable[str]) -> str:
    """In the form that libFuzzer's dictionaries have."""
    return "".join(f'"{value}"\n' for value in values)


def _login(email: str) -> dict[str, Any]:
    """How somebody signs in, in the words of the Web Fuzzing Commons."""
    token = {
        "extractFrom": "body",
        "extractSelector": "/access_token",
        "sendIn": "header",
        "sendName": "Authorization",
        "sendTemplate": "Bearer {token}",
    }
    return {
        "loginEndpointAuth": {
            "endpoint": "/sessions",
            "verb": "POST",
            "contentType": "application/json",
            "payloadRaw": json.dumps({"email": email, "password": PASSWORD}),
            "token": token,
        }
    }
