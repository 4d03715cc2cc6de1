"""How often one may do a thing, counted in a table: exactly so often, whoever counts at the same moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from chassis import clock
from chassis.limits import KEPT, Limit, TooOften
from tests.cups import TABLE
from tests.gateway import lasting_shop
from tests.racing import lost, race
from tests.shop import Shop

LIMIT = Limit("CUPS_LIMIT", "3/60")
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # of a window, for a minute divides it
numbers = count()


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


@pytest.fixture
def who(shop: Shop) -> str:
    """Somebody who was never counted, at the beginning of a window."""
    at(0)
    return f"who-{next(numbers)}@example.com"


def at(seconds: float) -> None:
    moment = BEGIN + timedelta(seconds=seconds)
    clock.use(lambda: moment, lambda seconds: None)


def take(who: str, limit: Limit = LIMIT) -> None:
    limit.take(TABLE, who)


def refused(who: str, limit: Limit = LIMIT) -> int:
    """In how many seconds there is room again."""
    with pytest.raises(TooOften) as no:
        take(who, limit)
    return no.value.retry_after


def counts(shop: Shop) -> list[dict[str, str]]:
    """The counts that are kept: key, hits, and the second after which they may be forgotten."""
    items = [item for item in shop.everything("orders") if item["pk"]["S"].startswith("limit#")]
    return [{name: next(iter(value.values())) for name, value in item.items()} for item in items]


def test_so_many_and_not_one_more_within_a_window(who: str) -> None:
    for _ in range(3):
        take(who)
    assert [refused(who) for _ in range(3)] == [60, 60, 60]


def test_a_window_ends_at_its_last_moment_and_the_next_one_is_whole(who: str) -> None:
    for _ in range(3):
        take(who)
    for seconds, left in ((0.001, 60), (1, 59), (30.5, 30), (59, 1), (59.999, 1)):
        at(seconds)
        assert refused(who) == left
    at(60)
    for _ in range(3):
        take(who)
    assert refused(who) == 60


def test_what_was_not_used_of_a_window_is_not_saved_up(who: str) -> None:
    at(600)
    for _ in range(3):
        take(who)
    assert refused(who) == 60


def test_everyone_is_counted_for_himself_and_for_each_thing_apart(who: str) -> None:
    other, thing = f"other-{who}", Limit("CUPS_OTHER_LIMIT", "3/60")
    for _ in range(3):
        take(who)
    refused(who)
    take(other)
    take(who, thing)


def test_a_refusal_is_not_counted_on(shop: Shop, who: str) -> None:
    before = counts(shop)
    for _ in range(3):
        take(who)
    for _ in range(20):
        refused(who)
    [mine] = [each for each in counts(shop) if each not in before]
    assert mine["hits"] == "3"


def test_a_count_is_forgotten_some_time_after_its_window_and_names_nobody(shop: Shop, who: str) -> None:
    """By the attribute that the table's time to live looks at: seconds of the epoch, as a number."""
    before = counts(shop)
    take(who)
    [mine] = [each for each in counts(shop) if each not in before]
    assert int(mine["expires"]) == int(BEGIN.timestamp()) + 60 + KEPT
    assert who not in str(mine)
    for name in shop.apps:
        told = shop.clients.dynamodb.describe_time_to_live(TableName=f"emporium-test-{name}")["TimeToLiveDescription"]
        assert (told.get("TimeToLiveStatus"), told.get("AttributeName")) == ("ENABLED", "expires")


def test_a_deployment_has_its_own_limit(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_LIMIT", "1/7200")
    take(who)
    assert refused(who) == 7200
    monkeypatch.setenv("CUPS_LIMIT", "1 an hour")
    with pytest.raises(ValueError, match="CUPS_LIMIT"):
        take(who)


@pytest.mark.parametrize("round", range(3))
def test_those_who_count_at_the_same_moment_never_exceed_it(who: str, round: int) -> None:
    outcomes = race(*[lambda: take(who)] * 8)
    assert len(lost(outcomes, TooOften)) == 5
    refused(who)
