"""Time and ids: sorted by time, or the same for ever."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import clock

moments = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are given bare


@pytest.fixture(autouse=True)
def _the_real_time() -> Iterator[None]:
    yield
    clock.use(None)


@given(moments)
def test_a_new_id_is_a_uuid_of_version_7(moment: datetime) -> None:
    made = uuid.UUID(clock.new_id(moment))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


@given(moments)
def test_a_new_id_tells_its_moment_to_the_millisecond(moment: datetime) -> None:
    told = uuid.UUID(clock.new_id(moment)).int >> 80
    assert told == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(moments, st.integers(1, 10**9))
def test_a_later_id_sorts_later(moment: datetime, later: int) -> None:
    whole = moment.replace(microsecond=0, year=min(moment.year, 9000))
    assert clock.new_id(whole) < clock.new_id(whole + timedelta(milliseconds=later))


def test_two_ids_of_one_moment_differ() -> None:
    now = clock.now()
    assert len({clock.new_id(now) for _ in range(10_000)}) == 10_000


@given(st.lists(st.text(), max_size=4))
def test_a_derived_id_is_a_uuid_of_version_8_and_stays_the_same(parts: list[str]) -> None:
    made = uuid.UUID(clock.derived_id(*parts))
    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    assert clock.derived_id(*parts) == str(made)


def test_a_derived_id_is_the_same_in_every_release() -> None:
    """Orders are found again by it: another answer here loses every Idempotency-Key in use."""
    assert clock.derived_id("ada", "key") == "ca3101e3-1a27-825e-9dd5-8d8e5bb61f3a"


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_other_parts_have_another_derived_id(one: list[str], other: list[str]) -> None:
    assert (clock.derived_id(*one) == clock.derived_id(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b"), ("ab",)),
        (("a", ""), ("a",)),
        (("a", "b"), ("b", "a")),
        (("1:a",), ("a",)),
        (("a\x1f1:b",), ("a", "b")),
    ],
)
def test_parts_do_not_run_into_each_other(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert clock.derived_id(*one) != clock.derived_id(*other)


@given(moments, moments)
def test_stamps_sort_as_their_moments_do(one: datetime, other: datetime) -> None:
    if one.replace(microsecond=0) < other.replace(microsecond=0):
        assert clock.stamp(one) < clock.stamp(other)


@given(moments)
def test_a_stamp_is_read_back_to_the_millisecond(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert datetime.fromisoformat(clock.stamp(moment)) == whole


def test_a_stamp_is_in_utc_wherever_the_moment_comes_from() -> None:
    moment = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert clock.stamp(moment) == "2026-02-28T23:30:00.000Z"


def test_the_time_can_be_set() -> None:
    noon = datetime(2026, 3, 1, 12, 0, 0, 123_999, tzinfo=UTC)
    clock.use(lambda: noon)
    assert clock.now() == noon.replace(microsecond=123_000)


def test_a_pause_is_at_most_as_long_as_asked() -> None:
    slept: list[float] = []
    clock.use(None, slept.append)
    for _ in range(100):
        clock.pause(0.5)
    assert all(0 <= each <= 0.5 for each in slept)
    assert len(set(slept)) > 50


@pytest.mark.parametrize(
    ("took", "step", "left"),
    [(0, 1, 1), (0.25, 1, 0.75), (1, 1, 0), (1.25, 1, 0.75), (3.5, 1, 0.5), (0.5, 0.2, 0.1), (7, 0, 0)],
)
def test_what_took_longer_than_a_step_ends_with_a_whole_one_too(took: float, step: float, left: float) -> None:
    waited: list[float] = []
    began = datetime(2026, 3, 1, tzinfo=UTC)
    clock.use(lambda: began + timedelta(seconds=took), waited.append)
    clock.wait_out(began, timedelta(seconds=step))
    assert waited == [left]
