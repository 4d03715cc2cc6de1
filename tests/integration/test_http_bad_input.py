"""Every route, every way to ask it wrongly: always a 4xx that says what is wrong, never a change."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec import inspect

from chassis import parsing
from chassis.doors import Door
from chassis.parsing import Nothing
from infra.apps_in_process import load_apps
from tests import bad_input
from tests.gateway import Reply, ask, lasting_shop
from tests.shop import Shop


def such(wanted: Callable[[Door], bool]) -> list[Any]:
    """The routes of all apps that are as wanted, to be the parameters of a test."""
    doors = [(name, door) for name, app in load_apps().items() for door in app.door.all]
    return [pytest.param(name, door, id=f"{door.method} {door.path}") for name, door in doors if wanted(door)]


every_door = pytest.mark.parametrize(("name", "door"), such(lambda door: True))
with_body = pytest.mark.parametrize(("name", "door"), such(lambda door: door.method != "GET"))
with_query = pytest.mark.parametrize(("name", "door"), such(lambda door: door.query is not Nothing))
with_names = pytest.mark.parametrize(("name", "door"), such(lambda door: "{" in door.path))
conditional = pytest.mark.parametrize(("name", "door"), such(lambda door: door.conditional))
shows_one = pytest.mark.parametrize(("name", "door"), such(lambda door: door.method == "GET" and "{" in door.path))
posts = pytest.mark.parametrize(("name", "door"), such(lambda door: door.method == "POST"))
JSON = {"content-type": "application/json"}
# in a path, as a client could send it and as a gateway may decode it
NAMES = [
    "nothing", "x" * 129, "x" * 5000, "é" * 128, "%00", "%0a", "%2e%2e%2f", "..", "%F0%9F%8D%B5", "%ED%A0%80", "%zz",
    " ", "a b",
    "\x00", "a\nb", "\x7f", "\ud800", "\udcff", "\uffff", "\U0001f375", "tea#1", "{sku}", "{0.__class__}", "%s%n",
    "'\"<script>", "*",
]  # fmt: skip
KEYS = ["", " ", '"', '""', "a b", "a\x00b", "clé", "\x7f", "k" * 256, "k" * 8000, "\ud800"]
TAGS = ["", " ", "1", '"1', '1"', "'1'", '"1" "2"', ",", '"\x00"', '"é"', "\ud800", '"' * 8000, '"1",' * 2000]
NOT_JSON = [
    b"", b" ", b"{", b"}", b"nul", b"{}{}", b"{'a':1}", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b"\x00",
    b"\xff", b'{"\xff":1}',
    b"NaN", b"-Infinity", b'{"colour":NaN}', b'{"colour":Infinity}',
    b"[" * 60_000, b'{"a":' * 12_000, b'{"\\ud800":1}',
    b"0" * 5000,
]  # fmt: skip
CURSORS = [
    "",
    "=",
    "a",
    "null",
    "AAAA",
    "A" * 1001,
    "%00",
    "%F0%9F%8D%B5",
    "%ED%A0%80",
    "../..",
    "e30",
    "'; DROP TABLE orders",
]
WRONG_QUERIES = {
    "limit": ["0", "-1", "101", "abc", "", " 1", "1.5", "\uff11", "9" * 5000, "true", "null"],
    "cursor": CURSORS,
}
TYPES = [
    None, "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "application/json; charset=latin-1", "application/json; charset=utf-16", "application/json;;", "\ud800", "x" * 8000,
]  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Where the requests of these tests arrive; `there` names a product, a customer and an order that there are."""

    shop: Shop
    there: dict[str, str]

    def ask(self, name: str, door: Door, **changes: Any) -> Reply:
        """A request that is right in all but the changes."""
        right: dict[str, Any] = {
            "names": {each: self.there.get(each, "nothing") for each in parameters(door)},
            "query": urlencode(required(door.query)),
            "headers": JSON | {"if-match": "*"},
            "body": json.dumps(bad_input.right(inspect.type_info(door.takes))).encode(),
            "by": f"staff:{self.there['customer_id']}",  # staff who is a customer too may use every door
        }
        return ask(self.shop.apps[name].app, door.method, door.path, **right | changes)

    def tables(self) -> list[Any]:
        """All that is kept anywhere."""
        dynamodb = self.shop.clients.dynamodb
        return [dynamodb.scan(TableName=f"emporium-test-{name}")["Items"] for name in self.shop.apps]


@pytest.fixture(scope="module")
def open_desk() -> Iterator[Desk]:
    with lasting_shop() as shop:
        price = {"amount": 349, "currency": "USD"}
        shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": price})
        customer = shop.customer("ada")
        shop.settle()
        lines = [{"sku": "tea", "quantity": 1}]
        order = shop.call("POST", "/orders", {"customer_id": customer, "lines": lines}).body["id"]
        yield Desk(shop, {"sku": "tea", "customer_id": customer, "order_id": order})


@pytest.fixture
def desk(open_desk: Desk) -> Iterator[Desk]:
    """The desk; whatever was asked, nothing may have changed."""
    before = open_desk.tables()
    yield open_desk
    assert open_desk.tables() == before


def parameters(door: Door) -> list[str]:
    return re.findall(r"{(\w+)}", door.path)


def required(query: type) -> dict[str, Any]:
    fields = inspect.type_info(query).fields  # type: ignore[attr-defined]  # a query is a Struct
    return {
        field.encode_name: bad_input.right(field.type)
        for field in fields
        if field.required or field.name == "customer_id"
    }


def assert_refused(reply: Reply, *statuses: int, at: str | None = None, what: str = "") -> None:
    """The answer is a problem document with one of the statuses, and blames the place."""
    assert reply.status in statuses, reply.raw[:500]
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.body
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail", "instance"}
    assert problem["status"] == reply.status
    assert all(problem[name] for name in problem)
    assert len(reply.raw) < 20_000
    if at is not None:
        [error] = problem["errors"]
        assert error.pop("detail")
        assert list(error.values()) == [at], what


@with_body
def test_a_body_that_is_wrong_in_one_place_is_refused_by_that_place(desk: Desk, name: str, door: Door) -> None:
    for what, path, body in bad_input.wrong(door.takes):
        reply = desk.ask(name, door, body=json.dumps(body).encode())
        assert reply.status == 422, f"{what} at {path}: {reply.raw[:300]!r}"
        assert_refused(reply, 422, at=bad_input.pointer(path), what=f"{what} at {path}")


@with_body
def test_a_body_that_is_no_json_is_refused(desk: Desk, name: str, door: Door) -> None:
    for raw in NOT_JSON:
        if raw or door.takes is not Nothing:
            assert_refused(desk.ask(name, door, body=raw), 400, 422)


@with_body
def test_text_that_is_no_unicode_is_refused_in_every_field(desk: Desk, name: str, door: Door) -> None:
    right = bad_input.right(inspect.type_info(door.takes))
    for field in right:
        for text in ('"\\ud800"', '"\\udc00\\ud800"', '"\xff"'):
            raw = json.dumps(right | {field: "HERE"}).replace('"HERE"', text).encode("latin-1")
            assert_refused(desk.ask(name, door, body=raw), 400, 422)


@with_body
def test_a_body_that_is_too_long_is_refused(desk: Desk, name: str, door: Door) -> None:
    for raw in (b" " * (parsing.BODY + 1), b'{"a":"' + b"x" * 70_000 + b'"}', b"[" * 100_000):
        assert_refused(desk.ask(name, door, body=raw), 413)


@with_body
def test_a_body_of_another_type_is_refused(desk: Desk, name: str, door: Door) -> None:
    for content_type in TYPES:
        headers = {"if-match": "*"} | ({} if content_type is None else {"content-type": content_type})
        assert_refused(desk.ask(name, door, headers=headers), 415, at="Content-Type")


@every_door
def test_a_query_that_nobody_reads_is_refused(desk: Desk, name: str, door: Door) -> None:
    right = urlencode(required(door.query))
    assert_refused(desk.ask(name, door, query=f"{right}&colour=red"), 422, at="colour")
    assert_refused(desk.ask(name, door, query=f"{right}&limit=1&limit=2"), 422, at="limit")
    assert_refused(desk.ask(name, door, query=f"{right}&%ED%A0%80=%ED%A0%80"), 400, 422)
    assert_refused(desk.ask(name, door, query=f"{right}&{'a' * 8000}=1"), 422)


@with_query
def test_a_query_parameter_that_is_wrong_is_refused_by_its_name(desk: Desk, name: str, door: Door) -> None:
    for field in inspect.type_info(door.query).fields:  # type: ignore[attr-defined]  # a query is a Struct
        for text in ("\x00", "a\x1bb", "x" * 5000, *WRONG_QUERIES.get(field.encode_name, ())):
            reply = desk.ask(name, door, query=urlencode(required(door.query) | {field.encode_name: text}))
            assert_refused(reply, 422, at=field.encode_name)
        query = urlencode({n: v for n, v in required(door.query).items() if n != field.encode_name})
        for half in ("%ED%A0%80", "%FF"):
            assert_refused(desk.ask(name, door, query=f"{query}&{field.encode_name}={half}"), 400, 422)
        if field.required:
            assert_refused(desk.ask(name, door, query=query), 422, at=field.encode_name)


@with_names
def test_a_name_that_nothing_has_is_not_found(desk: Desk, name: str, door: Door) -> None:
    for parameter in parameters(door):
        for given in NAMES:
            names = {each: desk.there.get(each, "nothing") for each in parameters(door)} | {parameter: given}
            assert_refused(desk.ask(name, door, names=names), 404)


@conditional
def test_a_malformed_if_match_is_refused(desk: Desk, name: str, door: Door) -> None:
    for tag in TAGS:
        assert_refused(desk.ask(name, door, headers=JSON | {"if-match": tag}), 400, at="If-Match")


@shows_one
def test_a_malformed_if_none_match_is_refused(desk: Desk, name: str, door: Door) -> None:
    for tag in TAGS:
        assert_refused(desk.ask(name, door, headers={"if-none-match": tag}), 400, at="If-None-Match")


@posts
def test_a_malformed_idempotency_key_is_refused(desk: Desk, name: str, door: Door) -> None:
    for key in KEYS:
        assert_refused(desk.ask(name, door, headers=JSON | {"idempotency-key": key}), 400, at="Idempotency-Key")


@every_door
def test_a_malformed_trace_is_no_reason_to_refuse(desk: Desk, name: str, door: Door) -> None:
    """It is not the client's to repair (W3C Trace Context, 3.2): it is answered as if there were none."""
    for trace in ("", "garbage", "\x00", "\ud800", "0" * 8000):
        reply = desk.ask(
            name,
            door,
            names=dict.fromkeys(parameters(door), "nothing"),
            body=b"[]",
            headers=JSON | {"traceparent": trace},
        )
        assert reply.status < 500


PLACE = next(door for door in load_apps()["orders"].door.all if (door.method, door.path) == ("POST", "/orders"))


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        ([], "#/lines"),
        ([{"sku": f"sku-{place}", "quantity": 1} for place in range(100)], "#/lines"),
        ([{"sku": "tea", "quantity": 1}, {"sku": "tea", "quantity": 2}], "#/lines/1/sku"),
        ([{"sku": "tea", "quantity": 1}, {"sku": "cake", "quantity": 2}], "#/lines/1/sku"),
        ([{"sku": "", "quantity": 1}], "#/lines/0/sku"),
        *(
            ([{"sku": "tea", "quantity": quantity}], "#/lines/0/quantity")
            for quantity in (0, -1, 1001, 2**63, 2**64, 10**400)
        ),
        *(([{"sku": "tea", "quantity": quantity}], "#/lines/0/quantity") for quantity in (1.0, True, "1", None, [1])),
    ],
)
def test_lines_that_can_not_be_ordered_are_refused(desk: Desk, lines: list[Any], at: str) -> None:
    body = json.dumps({"customer_id": desk.there["customer_id"], "lines": lines}).encode()
    assert_refused(desk.ask("orders", PLACE, body=body), 422, at=at)


def test_an_order_for_nobody_is_refused(desk: Desk) -> None:
    body = json.dumps({"customer_id": "nobody", "lines": [{"sku": "tea", "quantity": 1}]}).encode()
    assert_refused(desk.ask("orders", PLACE, body=body), 422, at="#/customer_id")


@pytest.mark.parametrize(
    "raw", [b'{"delta":1e400,"reason":"x"}', b'{"delta":1e2,"reason":"x"}', b'{"delta":-0.0,"reason":"x"}']
)
def test_a_number_that_is_not_whole_is_refused(desk: Desk, raw: bytes) -> None:
    door = next(door for door in load_apps()["products"].door.all if door.path.endswith("/stock-adjustments"))
    assert_refused(desk.ask("products", door, body=raw), 422, at="#/delta")
