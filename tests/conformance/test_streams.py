"""A table's stream tells the same on every engine: what was changed, in order, with both images, and nothing else."""

from typing import Any

import pytest

from chassis.writes import Claim, Count, Save, Tally
from tests.conformance.clouds import TABLE, Small
from tests.conformance.cups import Cup, make, save


def at(version: int, level: int = 0) -> dict[str, Any]:
    return {"pk": {"S": "a"}, "version": {"N": str(version)}, "level": {"N": str(level)}}


def test_each_change_is_told_with_what_was_and_what_is(small: Small) -> None:
    make(small, save("a"))
    make(small, save("a", 2, 5))
    make(small, Count("a", {"level": -1}))
    assert small.told("a") == [
        ("INSERT", None, at(1)),
        ("MODIFY", at(1), at(2, 5)),
        ("MODIFY", at(2, 5), at(3, 4)),
    ]


def test_an_update_that_makes_an_item_is_told_once_and_whole(small: Small) -> None:
    make(small, Tally("a", at_most=2, expires=9))
    assert small.told("a") == [("INSERT", None, {"pk": {"S": "a"}, "hits": {"N": "1"}, "expires": {"N": "9"}})]


def test_what_is_told_has_the_facts_until_a_counter_takes_them_away(small: Small) -> None:
    make(small, Save("a", Cup(1, 5), facts=(Cup,)))
    make(small, Count("a", {"level": -1}))
    [(_, _, first), (_, before, second)] = small.told("a")
    assert first == before
    assert first["outbox"]["L"][0]["M"]["fact"] == {"S": "Cup"}
    assert "outbox" not in second


def test_a_write_that_changes_nothing_is_not_told(small: Small) -> None:
    for _ in range(2):
        make(small, Claim("a", "me"))
    assert [kind for kind, _, _ in small.told("a")] == ["INSERT"]


def test_a_write_that_is_refused_is_not_told(small: Small) -> None:
    make(small, save("a"))
    make(small, save("a"))
    make(small, Count("a", {"level": -1}))
    assert [kind for kind, _, _ in small.told("a")] == ["INSERT"]


def test_of_a_transaction_all_is_told_and_of_a_cancelled_one_nothing(small: Small) -> None:
    make(small, save("a", level=1), save("b"))
    make(small, save("c"), Count("a", {"level": -2}))
    make(small, save("d"), Count("a", {"level": -1}))
    told = {key: [kind for kind, _, _ in small.told(key)] for key in "abcd"}
    assert told == {"a": ["INSERT", "MODIFY"], "b": ["INSERT"], "c": [], "d": ["INSERT"]}


def test_what_is_taken_away_is_told_with_what_it_was(small: Small) -> None:
    if not hasattr(small.dynamodb, "delete_item"):
        pytest.skip("nothing is deleted in memory, for no capability deletes")
    make(small, save("a"))
    for _ in range(2):
        small.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "a"}})
    assert small.told("a")[1:] == [("REMOVE", at(1), None)]


def test_the_places_of_an_items_records_grow(small: Small) -> None:
    for version in range(1, 13):
        make(small, save("a", version))
    places = [int(each["dynamodb"]["SequenceNumber"]) for each in small.records()]
    assert len(set(places)) == 12
    assert places == sorted(places)
