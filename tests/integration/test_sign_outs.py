"""The copy that a capability keeps of sign-outs: the newest counts, and many questions in a moment cost one read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.orders import store
from chassis import aws, clock
from chassis.messages import Message
from chassis.sign_outs import Told
from tests.gateway import lasting_shop
from tests.shop import Shop

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


def told(version: int, at: datetime) -> Message[Told]:
    sequence, data = f"{version:010d}", Told("ada", at)
    return Message(id="1", source="s", type="t", subject="ada", time=at, sequence=sequence, data=data)


def reads_counted() -> list[str]:
    """Every GetItem from now on."""
    made: list[str] = []

    def note(params: Any, **_: Any) -> None:
        made.append(str(params["Key"]))

    aws.client("dynamodb").meta.events.register("provide-client-params.dynamodb.GetItem", note)
    return made


def test_a_sign_out_that_is_told_late_or_twice_changes_nothing() -> None:
    for version, at in ((2, NOON), (1, NOON - timedelta(hours=1)), (2, NOON)):
        store.sign_outs.keep(told(version, at))
        assert store.sign_outs.last("ada") == NOON
    assert store.sign_outs.last("grace") is None


def test_whoever_asks_again_and_again_costs_one_read_a_second() -> None:
    reads, now = reads_counted(), [NOON]
    clock.use(lambda: now[0])
    for seconds in (0, 0.5, 0.999):
        now[0] = NOON + timedelta(seconds=seconds)
        assert store.sign_outs.last("ada") is None
    assert len(reads) == 1
    now[0] = NOON + timedelta(seconds=1)
    store.sign_outs.last("ada")
    assert len(reads) == 2


def test_what_is_told_here_counts_here_at_once() -> None:
    assert store.sign_outs.last("ada") is None
    store.sign_outs.keep(told(1, NOON))
    assert store.sign_outs.last("ada") == NOON


def test_what_somebody_else_wrote_counts_a_second_later() -> None:
    """On Lambda the authorizer and the inbox are two processes."""
    now = [NOON]
    clock.use(lambda: now[0])
    assert store.sign_outs.last("ada") is None
    type(store.sign_outs)(store.TABLE).keep(told(1, NOON))
    now[0] = NOON + timedelta(seconds=1)
    assert store.sign_outs.last("ada") == NOON
