"""Plain values as DynamoDB attribute values: nothing is bent on the way."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import items

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_an_item_is_read_as_it_was_written(item: dict[str, Any]) -> None:
    assert items.read_item(items.write_item(item)) == item


@given(st.dictionaries(st.text(), values, max_size=4))
def test_an_item_survives_the_json_of_a_stream_record(item: dict[str, Any]) -> None:
    assert items.read_item(json.loads(json.dumps(items.write_item(item)))) == item


def test_each_kind_of_value_has_its_own_attribute() -> None:
    written = items.write_item({"s": "a", "n": 1, "b": True, "none": None, "l": ["a"], "m": {"a": 1}, "t": (1,)})
    assert written == {
        "s": {"S": "a"},
        "n": {"N": "1"},
        "b": {"BOOL": True},
        "none": {"NULL": True},
        "l": {"L": [{"S": "a"}]},
        "m": {"M": {"a": {"N": "1"}}},
        "t": {"L": [{"N": "1"}]},
    }


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), Decimal(1), b"a", {1}, datetime(2026, 3, 1, tzinfo=UTC), object()]
)
def test_what_dynamodb_would_bend_is_refused(value: Any) -> None:
    for nested in (value, [value], {"a": value}):
        with pytest.raises(TypeError, match="no attribute"):
            items.write(nested)


@pytest.mark.parametrize("attribute", [{"SS": ["a"]}, {"NS": ["1"]}, {"B": b"a"}, {}, {"X": 1}])
def test_an_attribute_that_is_not_ours_is_refused(attribute: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="not ours"):
        items.read(attribute)
