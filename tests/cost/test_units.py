"""DynamoDB's sizes and units, by examples that are worked out by hand from its developer guide."""

import pytest

from infra.cost.units import OVERHEAD, Index, pieces, queried, read, size, stored, written

BY_CUSTOMER = Index(("customer", "at"))


def an_item(bytes: int, **more: str) -> dict[str, dict[str, str]]:
    """An item of so many bytes: `pk` and "a" are 3, and `text` with its name is the rest, less what more there is."""
    others = {name: {"S": value} for name, value in more.items()}
    item = {"pk": {"S": "a"}, **others}
    return item | {"text": {"S": "x" * (bytes - size(item) - 4)}}


@pytest.mark.parametrize(
    ("value", "bytes"),
    [
        ({"S": ""}, 0),
        ({"S": "tea"}, 3),
        ({"S": "thé"}, 4),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "12"}, 2),
        ({"N": "123"}, 3),
        ({"N": "-12"}, 2),
        ({"N": "1200"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "tea"}, {"N": "7"}]}, 3 + (1 + 3) + (1 + 2)),
        ({"M": {}}, 3),
        ({"M": {"sku": {"S": "tea"}}}, 3 + 1 + (3 + 3)),
    ],
)
def test_a_value_is_as_long_as_the_developer_guide_says(value: dict[str, object], bytes: int) -> None:
    assert size({"name": value}) == len("name") + bytes


def test_a_type_that_no_item_of_ours_has_is_not_guessed_at() -> None:
    with pytest.raises(TypeError, match="not ours: SS"):
        size({"name": {"SS": ["a"]}})


@pytest.mark.parametrize(("bytes", "units"), [(20, 1), (1024, 1), (1025, 2), (2048, 2), (2049, 3)])
def test_a_write_is_billed_by_begun_kilobytes(bytes: int, units: int) -> None:
    assert written(None, an_item(bytes)) == units


def test_a_write_is_billed_by_the_larger_of_what_was_and_what_is() -> None:
    assert written(an_item(3000), an_item(20)) == 3


def test_a_write_in_a_transaction_costs_double() -> None:
    assert written(None, an_item(1025), in_a_transaction=True) == 4


def test_a_condition_that_fails_is_billed_by_what_is_there() -> None:
    assert written(None, None) == 1
    assert written(an_item(1500), an_item(1500)) == 2


def test_an_index_is_billed_for_each_entry_that_is_put_or_taken_away() -> None:
    without, one, other = an_item(50), an_item(50, customer="ada", at="1"), an_item(50, customer="ada", at="2")
    changes = [(None, without), (None, one), (one, one), (one, other), (one, without), (one, None)]
    assert [written(before, after, [BY_CUSTOMER]) - 1 for before, after in changes] == [0, 1, 0, 2, 1, 1]


def test_an_item_with_one_key_of_an_index_alone_is_not_in_it() -> None:
    assert written(None, an_item(50, customer="ada"), [BY_CUSTOMER]) == 1


def test_items_read_by_key_are_rounded_up_one_by_one_and_the_missing_counts() -> None:
    assert read([an_item(4096), an_item(4097), None], strongly=True) == 1 + 2 + 1
    assert read([an_item(4097), None], strongly=False) == 1.5


def test_a_page_of_a_query_is_rounded_up_as_a_whole() -> None:
    assert queried([an_item(2000), an_item(2000)], strongly=False) == 0.5
    assert queried([an_item(4096), an_item(1)], strongly=True) == 2
    assert queried([], strongly=False) == 0.5


def test_what_is_kept_has_its_overhead_and_so_has_each_index_entry() -> None:
    item = an_item(500, customer="ada", at="1")
    entry = len("pk" + "a" + "customer" + "ada" + "at" + "1")
    assert stored(item, [BY_CUSTOMER]) == 500 + OVERHEAD + entry + OVERHEAD
    assert stored(an_item(500), [BY_CUSTOMER]) == 500 + OVERHEAD


@pytest.mark.parametrize(("bytes", "requests"), [(0, 1), (65536, 1), (65537, 2), (262144, 4)])
def test_a_message_is_billed_by_begun_64_kilobytes(bytes: int, requests: int) -> None:
    assert pieces(bytes) == requests
