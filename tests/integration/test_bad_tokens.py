"""Every door that is not open to all, and all that is sent in a token's place: it stays shut, and says nothing."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.config import Config

from chassis import browsers, keys
from chassis.doors import Door
from infra.local.gateway import Gateway
from infra.local.web.messages import Request, Response
from infra.local.web.problems import Refused
from tests.forge.catalogue import BAD, POWERLESS
from tests.forge.issuer import Issuer
from tests.forge.trust import trusting
from tests.gateway import lasting_shop
from tests.shop import Shop

AT = Issuer()
# what a route's path names: all are there, so that no door is shut only because there is nothing behind it
NAMES = {"customer_id": "forge-ada", "sku": "tea"}
Told = tuple[int, dict[str, str], dict[str, Any]]


class Doorway:
    """All doors of all apps, each behind the gateway that asks its authorizer."""

    def __init__(self, shop: Shop, names: dict[str, str]) -> None:
        self.shop, self.names = shop, names
        self.gateways = {name: Gateway(module.app, Config()) for name, module in shop.apps.items()}
        self.doors: list[tuple[str, Door]] = [(name, door) for name in shop.apps for door in shop.apps[name].door.all]

    @property
    def kept(self) -> list[tuple[str, Door]]:
        return [(name, door) for name, door in self.doors if door.role != "public"]

    def knock(self, app: str, door: Door, authorization: str | None, *more: tuple[str, str]) -> Response:
        headers = (("Content-Type", "application/json"), ("If-Match", "*"), *more)
        sent = headers if authorization is None else (*headers, ("Authorization", authorization))
        body = b"{}" if door.method in ("POST", "PUT", "PATCH") else b""
        return self.gateways[app](Request(door.method, door.path.format(**self.names), sent, body))

    def items(self) -> dict[str, Any]:
        """All that stands in the tables."""
        scan = self.shop.clients.dynamodb.scan
        return {name: scan(TableName=f"emporium-test-{name}")["Items"] for name in self.shop.apps}


@pytest.fixture(scope="module")
def doorway() -> Iterator[Doorway]:
    with lasting_shop() as shop:
        price = {"amount": 349, "currency": "USD"}
        assert shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": price}).status == 201
        shop.call("POST", "/products/tea/stock-adjustments", {"delta": 10, "reason": "delivery"})
        ada = shop.customer("forge-ada")
        shop.settle()
        order = shop.call("POST", "/orders", {"lines": [{"sku": "tea", "quantity": 1}]}, by=f"customer:{ada}").body
        shop.settle()
        with trusting(AT):
            yield Doorway(shop, NAMES | {"order_id": order["id"]})


def told(response: Response) -> Told:
    """The answer without what differs from one request to the next: the request's own id, and its trace."""
    headers = {name.lower(): value for name, value in response.headers}
    body = json.loads(response.body)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", headers.pop("traceparent"))
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", body.pop("instance"))
    return response.status, headers, body


# One answer to all of them: whoever forges a token learns nothing by trying.
SHUT: Told = (
    401,
    {
        "content-type": "application/problem+json",
        "www-authenticate": 'Bearer error="invalid_token"',
        **{name.lower(): value for name, value in browsers.protected(shared=False).items()},
    },
    {
        "type": "urn:emporium:problem:not-signed-in",
        "title": "Not signed in",
        "status": 401,
        "detail": "Sign in, and send the access token in the header Authorization: Bearer.",
    },
)


def test_there_are_doors_to_try(doorway: Doorway) -> None:
    assert len(doorway.kept) >= 15
    assert {door.role for _, door in doorway.kept} == {"customer", "staff"}
    assert {name for name, _ in doorway.kept} == {"customers", "orders", "products"}


def test_a_good_token_opens_every_door_that_is_then_tried_with_bad_ones_and_is_not_logged(
    doorway: Doorway, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = AT.bearer("forge-staff", "staff")
    for app, door in doorway.kept:
        if door.path not in GONE:
            answer = doorway.knock(app, door, sent)
            assert answer.status not in (401, 403, 404, 500), (door.method, door.path, answer)
    logged = capsys.readouterr().out
    assert "staff:forge-staff" in logged
    assert [part for part in sent.split(".") if part in logged] == []


# Whoever signs out, or is erased, is so for the tests that follow.
GONE = ("/sessions", "/customers/{customer_id}/personal-data")


@pytest.fixture(scope="module")
def unchanged(doorway: Doorway) -> Iterator[None]:
    """What stands in the tables is the same after all the tests that promise it."""
    before = doorway.items()
    yield
    assert doorway.items() == before


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_answered_alike_at_every_door(
    doorway: Doorway, unchanged: None, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    sent = BAD[name](AT, AT.claims("forge-ada", "staff"))
    answers = {(door.method, door.path): told(doorway.knock(app, door, sent)) for app, door in doorway.kept}
    assert {route: answer for route, answer in answers.items() if answer != SHUT} == {}
    logged = capsys.readouterr().out
    denied = [line for line in map(json.loads, logged.splitlines()) if line["message"] == "denied"]
    assert {(line["method"], line["route"]) for line in denied} == answers.keys()
    assert {(line["why"], line["actor"]) for line in denied} == {("Not signed in", "nobody")}
    assert [part for part in re.split(r"[ .,]", sent) if len(part) > 20 and part in logged] == []


def test_whoever_sends_no_token_is_turned_away_by_the_gateway(doorway: Doorway, unchanged: None) -> None:
    for app, door in doorway.kept:
        with pytest.raises(Refused) as refused:
            doorway.knock(app, door, None)
        assert (refused.value.status, refused.value.headers) == (401, {"WWW-Authenticate": "Bearer"})


@pytest.mark.parametrize("name", POWERLESS)
def test_whoever_only_looks_like_staff_is_forbidden_what_staff_may(
    doorway: Doorway, unchanged: None, name: str
) -> None:
    sent = POWERLESS[name](AT, AT.claims("forge-ada", "staff"))
    for app, door in doorway.kept:
        if door.role == "staff":
            status, _, body = told(doorway.knock(app, door, sent))
            assert (status, body["type"]) == (403, "urn:emporium:problem:not-for-you")


def test_whoever_only_looks_changes_nothing(doorway: Doorway) -> None:
    before = doorway.items()
    for app, door in doorway.doors:
        if door.method == "GET":
            groups = ["staff"] if door.role == "staff" else []
            assert doorway.knock(app, door, AT.bearer("forge-ada", *groups)).status == 200, (door.path,)
    assert doorway.items() == before


# what proxies and gateways are known to tell of a caller, and to be believed
PRETENDED = tuple(
    (name, value)
    for name in ("X-User-Id", "X-Forwarded-User", "X-Remote-User", "X-Role", "X-Amzn-Oidc-Identity", "X-Principal-Id")
    for value in ("staff", "staff:forge-staff")
)


def test_no_header_but_the_token_tells_who_calls(doorway: Doorway, unchanged: None) -> None:
    for app, door in doorway.kept:
        assert told(doorway.knock(app, door, BAD["scheme: no scheme"](AT, AT.claims()), *PRETENDED)) == SHUT
        if door.role == "staff":
            assert doorway.knock(app, door, AT.bearer("forge-ada"), *PRETENDED).status == 403


def test_a_bad_token_takes_nothing_from_what_is_open_to_all(doorway: Doorway) -> None:
    for app, door in doorway.doors:
        if door.role == "public" and door.method == "GET":
            with_it, without = (doorway.knock(app, door, sent) for sent in ("Bearer x.y.z", None))
            assert (with_it.status, with_it.body) == (without.status, without.body)
            assert with_it.status == 200


def test_while_the_issuer_can_not_be_asked_a_door_stays_shut_and_says_that_it_is_not_the_token(
    doorway: Doorway, unchanged: None
) -> None:
    def nobody(url: str) -> bytes:
        raise OSError("nobody answers")

    keys.use(nobody)
    try:
        for app, door in doorway.kept:
            assert doorway.knock(app, door, AT.bearer("forge-ada", "staff")).status == 503
    finally:
        keys.use(lambda url: json.dumps(AT.jwks()).encode())
