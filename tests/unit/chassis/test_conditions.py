"""Which version a request is for: entity tags as RFC 9110 has them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import conditions
from chassis.conditions import VersionIsOld, VersionNotStated
from chassis.refusals import Malformed

versions = st.integers(min_value=1, max_value=10**12)


@given(versions)
def test_the_tag_that_was_given_is_the_tag_that_is_admitted(version: int) -> None:
    conditions.stated(conditions.etag(version)).check(version)
    assert conditions.is_current(conditions.etag(version), version)


@given(versions, versions)
def test_another_version_is_old(one: int, other: int) -> None:
    if one != other:
        with pytest.raises(VersionIsOld):
            conditions.stated(conditions.etag(one)).check(other)
        assert not conditions.is_current(conditions.etag(one), other)


@pytest.mark.parametrize("header", ['"3"', ' "3" ', '"1", "3"', '"1","3"', '"3" , "7"', 'W/"1", "3"', "*", " * "])
def test_if_match_admits_each_version_that_it_lists(header: str) -> None:
    conditions.stated(header).check(3)


@pytest.mark.parametrize("header", ['"4"', '""', '"03"', '"1", "2"', '"3x"'])
def test_if_match_admits_no_other(header: str) -> None:
    with pytest.raises(VersionIsOld, match='"3"') as refused:
        conditions.stated(header).check(3)
    assert [(flaw.at, flaw.place) for flaw in refused.value.flaws] == [("If-Match", "header")]


def test_a_weak_tag_never_matches_for_a_change() -> None:
    """Strong comparison: RFC 9110, 13.1.1."""
    with pytest.raises(VersionIsOld):
        conditions.stated('W/"3"').check(3)


def test_a_weak_tag_is_enough_for_a_read() -> None:
    """Weak comparison: RFC 9110, 13.1.2. Proxies that compress make strong tags weak."""
    assert conditions.is_current('W/"3"', 3)
    assert conditions.is_current('"1", W/"3"', 3)


def test_any_version_is_current_for_a_star() -> None:
    assert conditions.is_current("*", 3)


def test_without_if_none_match_there_is_always_something_to_send() -> None:
    assert not conditions.is_current(None, 3)


def test_a_change_says_which_version_it_is_for() -> None:
    with pytest.raises(VersionNotStated, match="If-Match"):
        conditions.stated(None)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "3",
        '"3',
        '3"',
        "'3'",
        '"3" "4"',
        '"3",',
        ',"3"',
        '"3";',
        'w/"3"',
        'W/ "3"',
        '*, "3"',
        "**",
        '"a"b"',
        '"a b"',
        '"é"',
    ],
)
def test_what_is_no_list_of_tags_is_malformed(header: str) -> None:
    for read in (conditions.stated, lambda header: conditions.is_current(header, 3)):
        with pytest.raises(Malformed):
            read(header)


@given(st.text())
def test_any_header_is_read_or_refused(header: str) -> None:
    with contextlib.suppress(Malformed):
        conditions.stated(header)
