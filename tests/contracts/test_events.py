"""What the apps tell is what the committed event schemas promise, and what those who listen can read."""

import json
from typing import Any, get_type_hints

import msgspec
import pytest
from jsonschema import Draft202012Validator, ValidationError

from infra.contracts.command import FOLDER
from tests.contracts.told import CAPABILITIES, Event, told

PUBLISHED = {type: name for name, each in CAPABILITIES.items() for type in each.facts}
HEARD = [(name, type) for name, each in CAPABILITIES.items() for type in each.reactions]


def check(event: Event) -> None:
    """Raises ValidationError where the event is not what its committed schema promises."""
    path = FOLDER / "events" / f"{event['type'].removeprefix('emporium.')}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(event)


def changed(event: Event, **changes: Any) -> Event:
    return {**event, "data": event["data"] | changes}


def test_every_fact_of_every_capability_is_told_by_some_decision_of_its_model() -> None:
    assert told().keys() == PUBLISHED.keys()


@pytest.mark.parametrize("type", PUBLISHED)
def test_every_event_conforms_to_its_committed_schema(type: str) -> None:
    for event in told()[type]:
        check(event)


def test_an_event_that_lacks_what_its_schema_promises_does_not_conform() -> None:
    [event, *_] = told()["emporium.orders.OrderPlaced.v1"]
    without_lines = {**event, "data": {name: value for name, value in event["data"].items() if name != "lines"}}
    with pytest.raises(ValidationError, match="'lines' is a required property"):
        check(without_lines)
    with pytest.raises(ValidationError, match="is not a 'date-time'"):
        check(changed(event, placed_at="yesterday"))
    with pytest.raises(ValidationError, match="is not of type 'integer'"):
        check(changed(event, total={"amount": 38.97, "currency": "EUR"}))
    with pytest.raises(ValidationError, match="was expected"):
        check(event | {"source": "/emporium/products"})


def test_the_name_of_an_events_schema_is_the_one_that_the_event_says() -> None:
    for event in (event for events in told().values() for event in events):
        path = FOLDER / "events" / f"{event['type'].removeprefix('emporium.')}.json"
        assert event["dataschema"] == json.loads(path.read_text(encoding="utf-8"))["$id"]


@pytest.mark.parametrize(("hearer", "type"), HEARD)
def test_what_a_capability_listens_to_is_published_by_another(hearer: str, type: str) -> None:
    assert PUBLISHED.get(type) not in (None, hearer)


@pytest.mark.parametrize(("hearer", "type"), HEARD)
def test_a_hearer_reads_the_event_as_it_is_told_and_ignores_what_it_does_not_know(hearer: str, type: str) -> None:
    hints = get_type_hints(CAPABILITIES[hearer].reactions[type])
    [wanted] = [hint for name, hint in hints.items() if name != "return"]
    for event in told()[type]:
        tomorrow = changed(event, added_tomorrow=[1]) | {"addedtomorrow": "x"}
        assert msgspec.json.decode(json.dumps(event), type=wanted) == msgspec.json.decode(
            json.dumps(tomorrow), type=wanted
        )
