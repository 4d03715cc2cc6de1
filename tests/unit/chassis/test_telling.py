"""When what was saved is told again: three times, later each time, and then no more."""

from datetime import UTC, datetime

from chassis.telling import WAITS, _next, entries

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_what_was_saved_is_to_be_told_again_a_day_later() -> None:
    assert entries("tea", NOON)["tell_at"] == "2026-03-02T12:00:00.000Z/0"


def test_it_is_told_again_one_four_and_thirteen_days_after_the_save_and_never_since() -> None:
    first = entries("tea", NOON)["tell_at"]
    second = _next(first)
    third = _next(second)
    assert (second, third) == ("2026-03-05T12:00:00.000Z/1", "2026-03-14T12:00:00.000Z/2")
    assert _next(third) == ""


def test_one_thing_is_always_in_the_same_shard_and_many_are_in_all() -> None:
    shards = [entries(f"sku-{number}", NOON)["tell_shard"] for number in range(100)]
    assert shards == [entries(f"sku-{number}", NOON + WAITS[0])["tell_shard"] for number in range(100)]
    assert set(shards) == {"0", "1", "2", "3"}
