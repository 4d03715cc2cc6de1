"""Reading a request: what may come in, and how what is wrong is named."""

import contextlib
import json
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from chassis import parsing
from chassis.parsing import FieldNotAccepted, FormatNotRead, Nothing, NotJson
from chassis.refusals import Malformed, Refusal

JSON = "application/json"
Short = Annotated[str, Meta(max_length=3)]


class Line(Struct, forbid_unknown_fields=True):
    sku: Short
    quantity: Annotated[int, Meta(ge=1, le=1000)]


class Wanted(Struct, forbid_unknown_fields=True):
    """Something of every shape that a body has."""

    lines: tuple[Line, ...]
    labels: dict[Short, Short] = {}
    note: str | None = None


class Page(Struct, forbid_unknown_fields=True):
    of: str
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    exact: bool = False
    sort: Literal["name", "price"] = "name"


def flaw_of(value: Any) -> tuple[str, str]:
    """Where the one flaw of a body lies, and what is said of it."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(FieldNotAccepted) as refused:
        parsing.body(raw, JSON, Wanted)
    [flaw] = refused.value.flaws
    assert flaw.place == "pointer"
    return flaw.at, flaw.detail


def a_body(**changes: Any) -> dict[str, Any]:
    return {"lines": [{"sku": "tea", "quantity": 1}]} | changes


@pytest.mark.parametrize(
    ("body", "at", "detail"),
    [
        ([], "#", "Expected object, got array"),
        (None, "#", "Expected object, got null"),
        ({}, "#/lines", "Object missing required field lines"),
        (a_body(lines=None), "#/lines", "Expected array, got null"),
        (a_body(lines=[7]), "#/lines/0", "Expected object, got int"),
        (a_body(lines=[{"sku": "tea", "quantity": 1}, {"quantity": 1}]), "#/lines/1/sku", "missing required field sku"),
        (a_body(lines=[{"sku": "tea", "quantity": 0}]), "#/lines/0/quantity", "Expected int >= 1"),
        (a_body(lines=[{"sku": "tea", "quantity": 1.0}]), "#/lines/0/quantity", "Expected int, got float"),
        (a_body(lines=[{"sku": "tea", "quantity": True}]), "#/lines/0/quantity", "Expected int, got bool"),
        (a_body(lines=[{"sku": "tea", "quantity": 1, "gift": 1}]), "#/lines/0/gift", "unknown field gift"),
        (a_body(lines=[{"sku": "coffee", "quantity": 1}]), "#/lines/0/sku", "Expected str of length <= 3"),
        (a_body(labels={"a": "long"}), "#/labels", "Expected str of length <= 3"),
        (a_body(labels={"long": "a"}), "#/labels", "Expected str of length <= 3"),
        (a_body(note=7), "#/note", "Expected str | null, got int"),
        (a_body(colour="red"), "#/colour", "unknown field colour"),
    ],
)
def test_a_flaw_is_named_by_a_pointer_to_where_it_lies(body: Any, at: str, detail: str) -> None:
    found, told = flaw_of(body)
    assert found == at
    assert detail in told
    assert "`" not in told


@given(st.text(min_size=1, max_size=parsing.LONGEST).filter(lambda name: name not in ("lines", "labels", "note")))
def test_an_unknown_field_is_pointed_at_whatever_it_is_called(name: str) -> None:
    at, _ = flaw_of(a_body(**{name: 1}))
    assert at.isascii()
    assert at.isprintable()
    assert " " not in at  # a URI fragment holds none (RFC 3986, 3.5)
    assert unquote(at).removeprefix("#/").replace("~1", "/").replace("~0", "~") == name


def test_a_pointer_is_escaped_as_its_standard_wants_it() -> None:
    assert flaw_of(a_body(**{"a/b": 1}))[0] == "#/a~1b"
    assert flaw_of(a_body(**{"a~b": 1}))[0] == "#/a~0b"
    assert flaw_of(a_body(**{"a b": 1}))[0] == "#/a%20b"  # RFC 6901, 6
    assert flaw_of(a_body(**{"a.b": 1}))[0] == "#/a.b"


def test_a_refusal_does_not_send_back_all_that_came_in() -> None:
    _, detail = flaw_of(a_body(**{"x" * 50_000: 1}))
    assert len(detail) < 500


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"lines":[]}x',
        b"\xef\xbb\xbf{}",
        b'{"note":"\xff"}',
        b'{"note":"\\ud800"}',
        b'{"\\ud800":1}',
        b'{"note":"a\nb"}',
        b'{"note":NaN}',
        b'{"note":Infinity}',
        b"{'note':1}",
        b'{"lines":[],}',
    ],
)
def test_what_is_not_json_is_told_apart_from_what_is_not_accepted(raw: bytes) -> None:
    with pytest.raises(NotJson):
        parsing.body(raw, JSON, Wanted)


def test_a_value_that_looks_like_our_own_words_is_read_once_and_not_from_each_of_its_words_anew() -> None:
    """At so many it would take hours."""
    with pytest.raises(FieldNotAccepted, match="Invalid enum value"):
        parsing.query({"sort": ["unknown field `" * 200_000]}, Page)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(NotJson, FieldNotAccepted):
        parsing.body(raw, JSON, Wanted)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_any_json_in_any_field_is_read_or_refused(value: Any) -> None:
    for body in (value, a_body(lines=value), a_body(labels={"a": value}), a_body(lines=[{"sku": value}])):
        with contextlib.suppress(NotJson, FieldNotAccepted):
            parsing.body(json.dumps(body).encode(), JSON, Wanted)


@pytest.mark.parametrize("deep", [b"[" * 60_000, b'{"a":' * 10_000, b'{"lines":' + b"[" * 60_000])
def test_brackets_without_end_are_refused(deep: bytes) -> None:
    with pytest.raises((NotJson, FieldNotAccepted)):
        parsing.body(deep, JSON, Wanted)


def test_a_body_has_at_most_64_kib() -> None:
    room = parsing.BODY - len(json.dumps(a_body(note="")).encode())
    assert parsing.body(json.dumps(a_body(note="x" * room)).encode(), JSON, Wanted).note == "x" * room
    with pytest.raises(parsing.BodyTooLong, match="65536"):
        parsing.body(json.dumps(a_body(note="x" * (room + 1))).encode(), JSON, Wanted)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/merge-patch+json",
    ],
)
def test_json_in_utf8_is_read(content_type: str) -> None:
    assert parsing.body(json.dumps(a_body()).encode(), content_type, Wanted).lines == (Line("tea", 1),)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/xml",
        "application/jsonp",
        "text/application/json",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "multipart/form-data",
    ],
)
def test_another_format_is_refused(content_type: str | None) -> None:
    with pytest.raises(FormatNotRead) as refused:
        parsing.body(json.dumps(a_body()).encode(), content_type, Wanted)
    assert [(flaw.at, flaw.place) for flaw in refused.value.flaws] == [("Content-Type", "header")]


def test_a_request_that_takes_nothing_may_come_empty_or_as_an_empty_object() -> None:
    assert parsing.body(b"", None, Nothing) == Nothing()
    assert parsing.body(b"{}", JSON, Nothing) == Nothing()
    with pytest.raises(FieldNotAccepted):
        parsing.body(b'{"reason":"none"}', JSON, Nothing)


def test_a_query_is_read_by_the_types_of_its_parameters() -> None:
    assert parsing.query({"of": ["tea"], "limit": ["7"], "exact": ["true"]}, Page) == Page("tea", 7, True)


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ({"limit": ["7"]}, "of"),
        ({"of": ["a"], "limit": ["0"]}, "limit"),
        ({"of": ["a"], "limit": ["101"]}, "limit"),
        ({"of": ["a"], "limit": ["abc"]}, "limit"),
        ({"of": ["a"], "limit": [""]}, "limit"),
        ({"of": ["a"], "limit": [" 7"]}, "limit"),
        ({"of": ["a"], "limit": ["1" * 5000]}, "limit"),
        ({"of": ["a"], "limit": ["7", "7"]}, "limit"),
        ({"of": ["a"], "colour": ["red"]}, "colour"),
        ({"of": ["a"], "a.b": ["red"]}, "a.b"),
    ],
)
def test_a_wrong_query_parameter_is_named(query: dict[str, list[str]], at: str) -> None:
    with pytest.raises(FieldNotAccepted) as refused:
        parsing.query(query, Page)
    assert [(flaw.at, flaw.place) for flaw in refused.value.flaws] == [(at, "parameter")]


@pytest.mark.parametrize("header", ["8e03978e", '"8e03978e"', "  8e03978e "])
def test_an_idempotency_key_is_the_same_with_and_without_quotes(header: str) -> None:
    assert parsing.idempotency_key(header) == "8e03978e"


def test_no_idempotency_key_is_no_fault() -> None:
    assert parsing.idempotency_key(None) is None
    assert parsing.idempotency_key("k" * 255) == "k" * 255


@pytest.mark.parametrize(
    "header", ["", " ", '""', '"', '"abc', 'abc"', "a b", "a\tb", "clé", "a\\b", '"a"b"', "k" * 256]
)
def test_a_malformed_idempotency_key_is_refused(header: str) -> None:
    with pytest.raises(Malformed) as refused:
        parsing.idempotency_key(header)
    assert [flaw.at for flaw in refused.value.flaws] == ["Idempotency-Key"]


def test_a_request_has_the_same_fingerprint_however_it_was_written() -> None:
    one = parsing.body(b'{"lines": [{"quantity": 1, "sku": "tea"}]}', JSON, Wanted)
    other = parsing.body(b'{"note":null,"lines":[{"sku":"tea","quantity":1}]}', JSON, Wanted)
    assert parsing.fingerprint(one) == parsing.fingerprint(other)


def test_another_request_has_another_fingerprint() -> None:
    one = parsing.body(json.dumps(a_body()).encode(), JSON, Wanted)
    assert parsing.fingerprint(one) != parsing.fingerprint(Wanted(lines=(Line("tea", 2),)))


def test_every_refusal_of_a_body_is_a_refusal() -> None:
    """The doors know how to answer a Refusal; anything else would be our fault."""
    for refusal in (NotJson, FieldNotAccepted, FormatNotRead, parsing.BodyTooLong):
        assert issubclass(refusal, Refusal)
