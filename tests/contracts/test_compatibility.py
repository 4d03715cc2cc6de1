"""Changes of an event are additive: whatever a reader could count on is refused when it is taken away."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from infra.contracts.command import FOLDER
from infra.contracts.compatibility import breaking_changes
from infra.contracts.documents import broken_promises, documents, write

Schema = dict[str, Any]
PLACED = "events/orders.OrderPlaced.v1.json"


def a_schema() -> Schema:
    schema: Schema = json.loads((FOLDER / PLACED).read_text(encoding="utf-8"))
    return schema


def order(schema: Schema) -> Any:
    return schema["$defs"]["OrderPlaced"]


def remove_a_field(schema: Schema) -> None:
    del order(schema)["properties"]["total"]
    order(schema)["required"].remove("total")


def retype_a_field(schema: Schema) -> None:
    order(schema)["properties"]["customer_id"] = {"type": "integer"}


def retype_a_field_deep_inside(schema: Schema) -> None:
    schema["$defs"]["Line"]["properties"]["quantity"] = {"type": "string"}


def put_another_type_in_a_fields_place(schema: Schema) -> None:
    order(schema)["properties"]["total"] = {"type": "integer"}


def make_a_field_optional(schema: Schema) -> None:
    order(schema)["required"].remove("customer_id")


def let_a_field_be_null(schema: Schema) -> None:
    order(schema)["properties"]["customer_id"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def remove_a_value(schema: Schema) -> None:
    order(schema)["properties"]["status"]["enum"].remove("placed")


def write_times_otherwise(schema: Schema) -> None:
    del order(schema)["properties"]["placed_at"]["format"]


def call_the_event_otherwise(schema: Schema) -> None:
    schema["properties"]["type"]["const"] = "emporium.orders.OrderMade.v1"


def add_a_field(schema: Schema) -> None:
    order(schema)["properties"]["of_tomorrow"] = {"type": "string"}
    order(schema)["required"].append("of_tomorrow")


def add_a_value(schema: Schema) -> None:
    order(schema)["properties"]["status"]["enum"].append("shipped")


def promise_a_field_that_was_optional(schema: Schema) -> None:
    order(schema)["required"].append("shortages")


def describe_it_better(schema: Schema) -> None:
    order(schema)["description"] = "An order was placed."


def name_a_part_otherwise(schema: Schema) -> None:
    schema["$defs"] = json.loads(json.dumps(schema["$defs"]).replace("$defs/Line", "$defs/OrderLine"))
    schema["$defs"]["OrderLine"] = schema["$defs"].pop("Line")


def after(change: Callable[[Schema], None]) -> list[str]:
    new = deepcopy(a_schema())
    change(new)
    return breaking_changes(a_schema(), new)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (remove_a_field, "data.total was removed"),
        (retype_a_field, "data.customer_id: type"),
        (retype_a_field_deep_inside, "data.lines[].quantity: type"),
        (put_another_type_in_a_fields_place, "data.total: type"),
        (make_a_field_optional, "data.customer_id was always there"),
        (let_a_field_be_null, "data.customer_id: "),
        (remove_a_value, "data.status: the value 'placed'"),
        (write_times_otherwise, "data.placed_at: format"),
        (call_the_event_otherwise, "type: const"),
    ],
)
def test_what_a_reader_could_count_on_is_missed_by_name(change: Callable[[Schema], None], place: str) -> None:
    assert any(each.startswith(place) for each in after(change)), after(change)


@pytest.mark.parametrize(
    "change",
    [add_a_field, add_a_value, promise_a_field_that_was_optional, describe_it_better, name_a_part_otherwise],
)
def test_what_takes_nothing_away_from_a_reader_is_allowed(change: Callable[[Schema], None]) -> None:
    assert after(change) == []


def test_the_code_keeps_every_promise_of_the_committed_event_schemas() -> None:
    assert broken_promises(documents(), FOLDER) == []


def test_an_event_that_is_published_no_more_is_a_broken_promise(tmp_path: Any) -> None:
    made = documents()
    write(made, tmp_path)
    del made[PLACED]
    assert broken_promises(made, tmp_path) == [f"{PLACED}: it is published no more"]
