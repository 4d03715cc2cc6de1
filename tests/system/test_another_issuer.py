"""A shop whose accounts another issuer keeps: told by its overlays alone, as docs/architecture.md says."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.identity.accounts import Bearer
from tests.forge.issuer import Issuer
from tests.forge.server import DISCOVERY, JWKS, serving
from tests.infra.runner.calling import eventually
from tests.infra.runner.running import Stack
from tests.infra.stacks.project import TEMPLATES

PRICE = {"amount": 349, "currency": "USD"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving() as server:
        issuer = Issuer(server.url)
        server.serve(JWKS, issuer.jwks())
        server.serve(DISCOVERY, issuer.discovery(server.url + JWKS))
        yield issuer


@pytest.fixture(scope="module")
def stack(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    templates = trusting(issuer, tmp_path_factory.mktemp("shop") / "templates")
    stack = Stack(None, "--no-reload", "--templates", str(templates))
    try:
        yield stack.until_up()
    finally:
        assert stack.end() == 0


@pytest.fixture(scope="module")
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.address("front door"), timeout=20) as http:
        yield http


def trusting(issuer: Issuer, folder: Path) -> Path:
    """The project's own templates, with what stands in the overlays set by hand."""
    shutil.copytree(TEMPLATES, folder)
    told = {"IDENTITY_ISSUER": issuer.url, "IDENTITY_CLIENT_IDS": issuer.client, "IDENTITY_JWKS_URL": ""}
    for overlay in folder.glob("*-app.yaml"):
        text = overlay.read_text(encoding="utf-8")
        for name, value in (told | {"CUSTOMERS_USER_POOL_ID": ""}).items():
            text = re.sub(rf"({name}:)\n +Fn::ImportValue: .+", rf'\1 "{value}"', text)
        overlay.write_text(text, encoding="utf-8")
    return folder


def whoever(issuer: Issuer, subject: str, *groups: str) -> Bearer:
    return Bearer(issuer.mint(issuer.claims(subject, *groups)))


def test_a_shop_that_lets_nobody_of_the_local_cloud_in_starts_without_them_and_says_so(stack: Stack) -> None:
    assert "Accounts are kept by http://" in stack.until_said("nobody of the local cloud is let in")
    assert not [line for line in stack.lines if "password" in line]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/customers", {"email": "ada@example.com", "name": "Ada", "password": "Correct-horse-1"}),
        ("/sessions", {"email": "ada@example.com", "password": "Correct-horse-1"}),
        ("/sessions/refresh", {"refresh_token": "any"}),
    ],
)
def test_whoever_wants_to_sign_up_or_in_is_told_where(
    http: httpx.Client, issuer: Issuer, path: str, body: dict[str, str]
) -> None:
    answer = http.post(path, json=body)
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        f"Accounts are kept by {issuer.url}: sign up and sign in there.",
    )


def test_the_issuers_people_become_customers_and_order_what_its_staff_puts_on_the_shelves(
    http: httpx.Client, issuer: Issuer
) -> None:
    ada, staff = whoever(issuer, "ada"), whoever(issuer, "grace", "staff")
    http.post("/products", json={"sku": "tea", "name": "Tea", "price": PRICE}, auth=staff).raise_for_status()
    delivery = {"delta": 3, "reason": "delivery"}
    http.post("/products/tea/stock-adjustments", json=delivery, auth=staff).raise_for_status()
    http.put("/customers/me", json={"email": "ada@example.com", "name": "Ada"}, auth=ada).raise_for_status()

    wanted = {"lines": [{"sku": "tea", "quantity": 2}]}
    placed = eventually(lambda: _placed(http.post("/orders", json=wanted, auth=ada)))
    assert eventually(lambda: http.get(f"/orders/{placed}", auth=ada).json()["status"] == "confirmed")
    assert http.get(f"/orders/{placed}", auth=whoever(issuer, "eve")).status_code == 404


def test_signing_out_ends_what_the_issuer_gave(http: httpx.Client, issuer: Issuer) -> None:
    bob = whoever(issuer, "bob")
    assert http.get("/orders", auth=bob).status_code == 200
    assert http.delete("/sessions", auth=bob).status_code == 204
    assert eventually(lambda: http.get("/orders", auth=bob).status_code == 401)


def _placed(answer: httpx.Response) -> str | None:
    """The order's id; none while orders has not heard of the customer or the product."""
    return str(answer.json()["id"]) if answer.status_code == 202 else None
