"""Several clients at once."""

import threading

import pytest

from infra.demo.crowd import each
from infra.demo.shop import readable


def test_every_item_is_worked_on_once() -> None:
    assert sorted(each(lambda number: number * 2, range(500), clients=8)) == [number * 2 for number in range(500)]


def test_as_many_items_as_clients_are_under_way_together() -> None:
    together = threading.Barrier(4)
    assert len(list(each(lambda _: together.wait(timeout=30), range(8), clients=4))) == 8


def test_an_error_reaches_whoever_listens_and_no_further_item_is_taken_up() -> None:
    taken = []

    def work(number: int) -> int:
        taken.append(number)
        if number == 3:
            raise LookupError("three")
        return number

    with pytest.raises(LookupError, match="three"):
        list(each(work, range(100), clients=1))
    assert taken == [0, 1, 2, 3]


def test_when_nobody_listens_any_more_no_further_item_is_taken_up() -> None:
    results = each(lambda number: number, iter(range(10**9)), clients=4)
    assert next(results) >= 0
    results.close()
    waiting = [thread for thread in threading.enumerate() if thread.daemon and "client" in thread.name]
    for thread in waiting:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in waiting)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("BREAD:ITALIAN/FRENCH", "Bread: Italian/French"),
        ("SOFT DRINKS 12/18&15PK CAN CAR", "Soft Drinks 12/18&15pk Can Car"),
        ("CHILDREN'S BOOKS", "Children's Books"),
    ],
)
def test_a_name_is_shown_as_people_write_it(raw: str, shown: str) -> None:
    assert readable(raw) == shown
