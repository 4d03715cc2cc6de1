"""The place where a list goes on: ours, for this list, or none."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import cursor
from chassis.aggregates import Listing, State
from chassis.cursor import CursorNotOurs

PLACE = {"pk": "order#1", "customer_id": "ada", "placed_key": "2026-03-01T12:00:00.000Z#1"}
places = st.dictionaries(st.text(), st.text(), max_size=4)
fixed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_CURSOR_KEY", "one")
    monkeypatch.setenv("PRODUCTS_CURSOR_KEY", "two")


def sealed(*list_of: str) -> str:
    given = cursor.seal(PLACE, "orders", *list_of)
    assert given is not None
    return given


@fixed
@given(places, st.lists(st.text(), max_size=3))
def test_a_place_comes_back_as_it_was_sealed(place: dict[str, str], list_of: list[str]) -> None:
    assert cursor.unseal(cursor.seal(place, "orders", *list_of), "orders", *list_of) == place


def test_a_cursor_can_stand_in_a_url_as_it_is() -> None:
    assert all(sign.isalnum() or sign in "-_" for sign in sealed("ada"))


def test_the_end_has_no_cursor_and_no_cursor_is_the_beginning() -> None:
    assert cursor.seal(None, "orders", "ada") is None
    assert cursor.unseal(None, "orders", "ada") is None


@pytest.mark.parametrize("list_of", [(), ("bob",), ("ada", ""), ("", "ada"), ("a", "da")])
def test_a_cursor_of_another_list_is_not_ours(list_of: tuple[str, ...]) -> None:
    with pytest.raises(CursorNotOurs):
        cursor.unseal(sealed("ada"), "orders", *list_of)


def test_a_cursor_of_another_capability_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCTS_CURSOR_KEY", "one")  # even where the keys are the same
    with pytest.raises(CursorNotOurs):
        cursor.unseal(sealed("ada"), "products", "ada")


def test_a_cursor_made_with_another_key_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = sealed("ada")
    monkeypatch.setenv("ORDERS_CURSOR_KEY", "another")
    with pytest.raises(CursorNotOurs):
        cursor.unseal(theirs, "orders", "ada")


@fixed
@given(st.data())
def test_a_cursor_in_which_one_bit_was_changed_is_not_ours(data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(sealed("ada") + "=="))
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    with pytest.raises(CursorNotOurs):
        cursor.unseal(base64.urlsafe_b64encode(raw).decode().rstrip("="), "orders", "ada")


@fixed
@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_garbage_of_any_kind_is_not_ours(garbage: str) -> None:
    with pytest.raises(CursorNotOurs) as refused:
        cursor.unseal(garbage, "orders", "ada")
    assert [(flaw.at, flaw.place) for flaw in refused.value.flaws] == [("cursor", "parameter")]


@pytest.mark.parametrize("garbage", ["", "=", "====", "a", "null", "\x00", "\ud800", "é", "{}", "A" * 100_000])
def test_well_known_garbage_is_not_ours(garbage: str) -> None:
    with pytest.raises(CursorNotOurs):
        cursor.unseal(garbage, "orders", "ada")


@pytest.mark.parametrize("after", [None, PLACE])
def test_a_page_shows_a_cursor_only_while_there_is_more(after: dict[str, str] | None) -> None:
    page: Listing[State] = Listing((), after)
    assert cursor.listed(page, "orders", "ada").next_cursor == cursor.seal(after, "orders", "ada")
