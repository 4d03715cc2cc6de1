"""What nobody else may read: a password, a token, a person's data. Wherever we write, they do not stand."""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass

import pytest

from tests.gateway import lasting_shop
from tests.shop import Shop

PASSWORD = "Correct-Horse-Battery-1"
PERSON = {"email": "ada.lovelace@example.com", "name": "Ada Lovelace", "phone": "+44 20 7946 0000"}


@dataclass(frozen=True)
class Life:
    """What a customer's whole life has left behind, by where it is, and the secrets that came up in it."""

    shop: Shop
    secrets: list[str]
    log: str
    stream: str


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    with lasting_shop() as shop, redirect_stdout(io.StringIO()) as log:
        secrets = [PASSWORD, *live(shop)]
        stream = json.dumps(shop.records("customers"), default=str)
        shop.places.clear()
        shop.settle()
        yield Life(shop, secrets, log.getvalue(), stream)


def live(shop: Shop) -> tuple[str, str]:
    """A customer comes, errs, looks where nothing is to be seen, and goes; gives the tokens that it had."""

    def ask(method: str, path: str, body: object = None, **headers: str) -> int:
        return shop.call(method, path, body, by="", **headers).status

    signing_in = {"email": PERSON["email"], "password": PASSWORD}
    signing_up = PERSON | signing_in
    assert ask("POST", "/customers", signing_up) == 202
    assert ask("POST", "/customers", signing_up | {"password": PASSWORD + "2"}) == 202
    assert ask("POST", "/customers", signing_up | {"age": 36}) == 422
    assert ask("POST", "/sessions", signing_in | {"password": PASSWORD + "3"}) == 401
    session = shop.call("POST", "/sessions", signing_in, by="").body
    access, refresh = session["access_token"], session["refresh_token"]
    bearer = {"authorization": f"Bearer {access}"}
    assert ask("GET", "/customers/me", **bearer) == 200
    assert ask("GET", "/catalogue", **bearer) == 403
    assert ask("GET", "/customers/somebody-else", **bearer) == 404
    assert ask("POST", "/sessions/refresh", {"refresh_token": refresh}) == 200
    assert ask("DELETE", "/sessions", **bearer) == 204
    assert ask("GET", "/customers/me", **bearer) == 401
    assert ask("POST", "/sessions/refresh", {"refresh_token": refresh}) == 401
    return access, refresh


def items(shop: Shop, name: str) -> str:
    return json.dumps(shop.clients.dynamodb.scan(TableName=f"emporium-test-{name}")["Items"])


def test_a_password_or_a_token_stands_in_no_table_no_stream_and_no_log(life: Life) -> None:
    written = life.log + life.stream + "".join(items(life.shop, name) for name in life.shop.apps)
    assert "denied" in written
    assert "customer#" in written
    assert [secret for secret in life.secrets if secret in written or secret.split(".")[-1] in written] == []


def test_a_persons_data_stands_in_customers_alone_and_in_no_log(life: Life) -> None:
    assert all(value in items(life.shop, "customers") for value in PERSON.values())
    elsewhere = items(life.shop, "orders") + items(life.shop, "products") + life.log
    assert "customer#" in elsewhere
    assert [value for value in (*PERSON.values(), "Lovelace") if value.lower() in elsewhere.lower()] == []


def test_looking_at_things_changes_nothing(life: Life) -> None:
    before = [items(life.shop, name) for name in life.shop.apps]
    looks = [
        life.shop.call("GET", door.path.format(customer_id="me", order_id="x", sku="x")).status
        for module in life.shop.apps.values()
        for door in module.door.all
        if door.method == "GET"
    ]
    assert len(looks) >= 7
    assert [items(life.shop, name) for name in life.shop.apps] == before
