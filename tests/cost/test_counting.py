"""What one call is billed for, and of which items it has to be known what they were."""

from typing import Any

import pytest

from infra.cost.counting import Call, Units, billed, touched
from infra.cost.units import Index, Item

SMALL: Item = {"pk": {"S": "order#1"}}
LARGE: Item = {"pk": {"S": "order#2"}, "text": {"S": "x" * 5000}}
ENTRY: Item = {"pk": {"S": "order#1"}, "customer": {"S": "ada"}}
KEY = {"TableName": "t", "Key": {"pk": {"S": "order#1"}}}


def of(
    operation: str,
    request: dict[str, Any],
    answer: dict[str, Any] | None = None,
    changes: list[tuple[Item | None, Item | None]] | None = None,
    service: str = "dynamodb",
) -> Units:
    before, after = ([each[place] for each in changes or []] for place in (0, 1))
    units = billed(Call(service, operation, request, answer or {}, {"t": [Index(("customer",))]}, before, after))
    assert units.pop("calls") == 1
    return units


def test_a_put_that_enters_an_index_is_two_write_units() -> None:
    assert of("PutItem", {"TableName": "t", "Item": ENTRY}, changes=[(None, ENTRY)]) == {"write_units": 2}


def test_each_item_of_a_transaction_costs_double() -> None:
    request = {"TransactItems": [{"Put": {"TableName": "t", "Item": LARGE}}, {"Update": KEY}]}
    assert of("TransactWriteItems", request, changes=[(None, LARGE), (SMALL, SMALL)]) == {"write_units": 2 * (5 + 1)}


def test_a_strong_read_costs_twice_what_a_weak_one_does() -> None:
    assert of("GetItem", KEY | {"ConsistentRead": True}, {"Item": LARGE}) == {"read_units": 2}
    assert of("GetItem", KEY, {"Item": LARGE}) == {"read_units": 1}
    assert of("GetItem", KEY | {"ConsistentRead": True}) == {"read_units": 1}


def test_a_batch_is_billed_for_what_it_does_not_find_too() -> None:
    asked = {"RequestItems": {"t": {"Keys": [{}, {}, {}], "ConsistentRead": True}}}
    assert of("BatchGetItem", asked, {"Responses": {"t": [LARGE]}}) == {"read_units": 2 + 1 + 1}


def test_an_empty_page_of_an_index_is_half_a_read_unit() -> None:
    assert of("Query", {"TableName": "t"}, {"Items": []}) == {"read_units": 0.5}


def test_a_batch_of_messages_is_one_publish_for_each_begun_64_kilobytes() -> None:
    attribute = {"type": {"DataType": "String", "StringValue": "a"}}
    entries = [{"Message": "x" * 30_000, "MessageAttributes": attribute}] * 3
    assert of("PublishBatch", {"PublishBatchRequestEntries": entries}, service="sns") == {"publishes": 2}


def test_cognito_is_not_billed_by_calls() -> None:
    assert of("AdminInitiateAuth", {}, service="cognito-idp") == {}


def test_a_call_whose_price_nobody_knows_is_not_free() -> None:
    with pytest.raises(ValueError, match=r"dynamodb:Scan costs is not known: add it to infra/cost/counting\.py"):
        of("Scan", {"TableName": "t"})


def test_the_items_that_a_call_writes_are_told_in_its_order() -> None:
    request = {"TransactItems": [{"Put": {"TableName": "t", "Item": LARGE}}, {"Update": KEY}]}
    assert touched("dynamodb", "TransactWriteItems", request) == [("t", "order#2"), ("t", "order#1")]
    assert touched("dynamodb", "PutItem", {"TableName": "t", "Item": LARGE}) == [("t", "order#2")]
    assert touched("dynamodb", "UpdateItem", KEY) == [("t", "order#1")]
    assert touched("dynamodb", "GetItem", KEY) == []
