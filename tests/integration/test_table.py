"""A table that answers late, twice or not at all; and what its stream then tells."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec import Struct, structs

from chassis import aws, clock, items, messages
from chassis.refusals import Unavailable
from chassis.table import NotWritten
from chassis.writes import Claim, Count, Save
from tests.cups import TABLE, Between, CupFilled, CupMoved, a_cup, cups, new
from tests.gateway import lasting_shop
from tests.shop import Shop


@pytest.fixture(scope="module", autouse=True)
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


@pytest.fixture(autouse=True)
def _real_clients() -> Iterator[None]:
    yield
    aws.use(None)


@pytest.mark.parametrize("facts", [(), (CupFilled,)])
def test_a_save_whose_answer_was_lost_is_done_when_it_is_sent_again(facts: tuple[type, ...]) -> None:
    def twice(**request: Any) -> Any:
        cloud.real.put_item(**request)
        return cloud.real.put_item(**request)

    cloud = Between(put_item=twice)
    cup = a_cup(shelf="upper", place="1")
    cups.save(cup, facts)
    cups.save(structs.replace(cup, version=2, level=1), facts)
    assert cups.get(cup.id) == structs.replace(cup, version=2, level=1)


def test_a_save_that_finds_anothers_version_is_not_taken_for_done() -> None:
    cup = a_cup()
    cups.save(cup, (CupFilled,))
    with pytest.raises(NotWritten):
        cups.save(structs.replace(cup, stains=("tea",)), (CupFilled,))


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    error = {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}, "CancellationReasons": reasons}
    return ClientError(error, "TransactWriteItems")  # type: ignore[arg-type]  # its type knows no operation's fields


def failing(times: int, error: ClientError, name: str) -> tuple[list[str], Between]:
    """A client whose call fails so many times; and the list of its calls."""
    calls: list[str] = []

    def call(**request: Any) -> Any:
        calls.append(name)
        if len(calls) <= times:
            raise error
        return getattr(cloud.real, name)(**request)

    cloud = Between(**{name: call})
    return calls, cloud


@pytest.mark.parametrize(
    "codes",
    [("None", "TransactionConflict"), ("ThrottlingError", "None"), ("None", "ProvisionedThroughputExceeded")],
)
def test_a_transaction_that_only_met_another_is_made_after_a_pause(codes: tuple[str, ...]) -> None:
    slept: list[float] = []
    clock.use(None, slept.append)
    calls, _ = failing(3, cancelled(*codes), "transact_write_items")
    cup = a_cup()
    cups.save(cup, also=[Claim(f"name#{cup.id}", cup.id)])
    assert cups.get(cup.id) == cup
    assert (len(calls), len(slept)) == (4, 3)


def test_a_write_that_always_meets_another_is_given_up() -> None:
    slept: list[float] = []
    clock.use(None, slept.append)
    calls, _ = failing(100, cancelled("None", "TransactionConflict"), "transact_write_items")
    cup = a_cup()
    with pytest.raises(Unavailable):
        cups.save(cup, also=[Claim(f"name#{cup.id}", cup.id)])
    assert 1 < len(calls) < 20
    assert len(slept) == len(calls) - 1  # nobody waits after the last one
    assert cups.get(cup.id) is None


def test_a_condition_that_failed_beside_a_conflict_is_told() -> None:
    calls, _ = failing(1, cancelled("TransactionConflict", "ConditionalCheckFailed"), "transact_write_items")
    with pytest.raises(NotWritten) as failed:
        cups.save(a_cup(), also=[Claim(f"name#{new()}", "a")])
    assert (dict(failed.value.failed), len(calls)) == ({1: None}, 1)


def test_another_fault_is_raised_as_it_is() -> None:
    failing(1, cancelled("None", "ValidationError"), "transact_write_items")
    with pytest.raises(ClientError):
        cups.save(a_cup(), also=[Claim(f"name#{new()}", "a")])


def test_a_fact_of_an_earlier_save_is_not_told_again_by_a_count(shop: Shop) -> None:
    shop.take("orders")
    cup = a_cup(level=5)
    cups.save(cup, (CupFilled,))
    TABLE.write(Count(cups.key(cup.id), {"level": -1}))
    TABLE.write(Count(cups.key(cup.id), {"level": -1}), Claim(f"name#{cup.id}", cup.id))
    cups.save(structs.replace(cup, version=4, level=0), (CupMoved,))
    cups.save(structs.replace(cup, version=5, level=1))
    told = [items.read_item(image).get("outbox", []) for image in images(shop) if "id" in image]
    assert [[fact["fact"] for fact in facts] for facts in told] == [["CupFilled"], [], [], ["CupMoved"], []]


def images(shop: Shop) -> list[dict[str, Any]]:
    """What the stream of orders has new."""
    return [record["dynamodb"]["NewImage"] for record in shop.records("orders")]


def test_a_message_is_made_of_what_was_saved(shop: Shop) -> None:
    """What stands in the stream is all that the relay needs."""
    shop.take("orders")
    cup = a_cup(level=3)
    TABLE.write(Save(cups.key(cup.id), Dated(id=cup.id, level=3), (CupFilled,)))
    [image] = images(shop)
    [told] = messages.of_image("orders", image, {"CupFilled": Told})
    assert (told.id, told.data) == (f"cup/{cup.id}/1/0", Told(cup.id, 3))


class Dated(Struct):
    id: str
    level: int
    version: int = 1
    changed_at: str = "2026-03-01T12:00:00Z"


class Told(Struct):
    id: str
    level: int
