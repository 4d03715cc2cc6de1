"""Each write as data: what is written, on what condition, and what becomes of the facts told before."""

from typing import Any

import pytest
from msgspec import Struct

from chassis import items, log
from chassis.auth import on_behalf_of
from chassis.writes import Claim, Copy, Count, Save, Tally, Touch, Write


class Cup(Struct, frozen=True):
    id: str
    version: int
    stains: tuple[str, ...] = ()


class CupFilled: ...


class CupSpilled: ...


def put(write: Write) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """What is put, on what condition, with which values."""
    [(verb, request)] = write.request().items()
    assert verb == "Put"
    values = items.read_item(request.get("ExpressionAttributeValues", {}))
    return items.read_item(request["Item"]), request["ConditionExpression"], values


def test_a_first_version_is_saved_only_where_nothing_is() -> None:
    item, condition, values = put(Save("cup#1", Cup("1", 1)))
    assert item == {"pk": "cup#1", "id": "1", "version": 1, "stains": []}
    assert (condition, values) == ("attribute_not_exists(pk)", {})


def test_a_next_version_is_saved_only_over_the_one_before_it() -> None:
    _, condition, values = put(Save("cup#1", Cup("1", 7)))
    assert (condition, values) == ("version = :version", {":version": 6})


def test_a_save_carries_the_facts_it_tells_in_their_order_and_the_trace_of_who_caused_them() -> None:
    trace = log.follow(None)
    item, _, _ = put(Save("cup#1", Cup("1", 1), (CupFilled, CupSpilled)))
    told = {"trace": trace, "actor": "system"}
    assert item["outbox"] == [{"fact": "CupFilled", **told}, {"fact": "CupSpilled", **told}]


def test_a_save_tells_on_whose_behalf_it_is_made() -> None:
    with on_behalf_of("staff:1"):
        item, _, _ = put(Save("cup#1", Cup("1", 1), (CupFilled,)))
    assert [told["actor"] for told in item["outbox"]] == ["staff:1"]


def test_a_save_that_tells_nothing_leaves_no_fact_of_an_earlier_one() -> None:
    item, _, _ = put(Save("cup#1", Cup("1", 2)))
    assert "outbox" not in item


def test_a_save_carries_what_its_indexes_need() -> None:
    item, _, _ = put(Save("cup#1", Cup("1", 1), (), {"shelf": "upper"}))
    assert item["shelf"] == "upper"


def test_a_copy_replaces_only_what_is_older() -> None:
    item, condition, values = put(Copy("cup#1", Cup("1", 7)))
    assert item == {"pk": "cup#1", "id": "1", "version": 7, "stains": []}
    assert (condition, values) == ("attribute_not_exists(pk) OR version < :version", {":version": 7})


@pytest.mark.parametrize(
    ("id", "condition"),
    [
        ("broken", "attribute_not_exists(pk) OR version < :version OR #final <> :final"),
        ("whole", "attribute_not_exists(pk) OR version < :version AND #final <> :final"),
    ],
)
def test_a_copy_that_is_final_replaces_all_that_is_not_and_nothing_else_replaces_it(id: str, condition: str) -> None:
    [(_, request)] = Copy("cup#1", Cup(id, 7), final=("id", "broken")).request().items()
    assert request["ConditionExpression"] == condition
    assert request["ExpressionAttributeNames"] == {"#final": "id"}
    assert items.read_item(request["ExpressionAttributeValues"]) == {":version": 7, ":final": "broken"}


def test_a_claim_is_taken_where_it_is_free_or_ones_own() -> None:
    item, condition, values = put(Claim("name#cup", "1"))
    assert item == {"pk": "name#cup", "owned_by": "1"}
    assert (condition, values) == ("attribute_not_exists(pk) OR owned_by = :owner", {":owner": "1"})


def test_a_tally_counts_one_more_up_to_its_limit_and_is_forgotten() -> None:
    [(verb, request)] = Tally("limit#cup", 3, expires=99).request().items()
    assert verb == "Update"
    assert request["UpdateExpression"] == "ADD hits :one SET expires = :expires REMOVE outbox"
    assert request["ConditionExpression"] == "attribute_not_exists(hits) OR hits < :at_most"
    assert items.read_item(request["ExpressionAttributeValues"]) == {":one": 1, ":expires": 99, ":at_most": 3}


def test_a_count_moves_counters_that_never_fall_below_zero_and_tells_no_old_fact() -> None:
    [(verb, request)] = Count("cup#1", {"full": -2, "empty": 2}, expect={"total": 10}).request().items()
    assert verb == "Update"
    assert request["UpdateExpression"] == "ADD #full :full, #empty :empty, #version :version REMOVE outbox"
    assert request["ConditionExpression"] == "attribute_exists(pk) AND #full >= :least_full AND #total = :was_total"
    assert request["ExpressionAttributeNames"] == {f"#{name}": name for name in ("full", "empty", "version", "total")}
    assert items.read_item(request["ExpressionAttributeValues"]) == {
        ":full": -2,
        ":least_full": 2,
        ":empty": 2,
        ":was_total": 10,
        ":version": 1,
    }


def test_a_count_by_nothing_still_is_a_request_that_dynamodb_takes() -> None:
    [(_, request)] = Count("cup#1", {"full": 0}).request().items()
    assert request["UpdateExpression"] == "ADD #version :version REMOVE outbox"


@pytest.mark.parametrize(
    "write", [Save("k", Cup("1", 1)), Copy("k", Cup("1", 1)), Claim("k", "1"), Tally("k", 1, 2), Count("k", {"a": 1})]
)
def test_every_write_has_a_condition(write: Write) -> None:
    [(_, request)] = write.request().items()
    assert request["ConditionExpression"]


@pytest.mark.parametrize(("then", "update"), [("b/1", "SET #place = :then"), (None, "REMOVE #place")])
def test_a_touch_moves_an_item_and_changes_nothing_else_and_only_where_it_stands_as_it_was_found(
    then: str | None, update: str
) -> None:
    [(verb, request)] = Touch("cup#1", "told_at", "a/0", then).request().items()
    assert (verb, request["UpdateExpression"]) == ("Update", update)
    assert request["ConditionExpression"] == "#place = :was"
    assert request["ExpressionAttributeNames"] == {"#place": "told_at"}
    assert items.read_item(request["ExpressionAttributeValues"]) == {":was": "a/0"} | ({":then": then} if then else {})
