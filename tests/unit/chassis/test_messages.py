"""What a saved item tells: events whose ids and order stay the same however often they are told."""

from typing import Any

import msgspec
import pytest
from msgspec import Struct

from chassis import items, messages
from chassis.messages import Message


class CupFilled(Struct):
    id: str
    level: int


class CupMoved(Struct):
    id: str


FACTS: dict[str, type] = {"CupFilled": CupFilled, "CupMoved": CupMoved}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def an_item(*told: str, **changes: Any) -> dict[str, Any]:
    item = {"pk": "cup#1#a", "id": "1#a", "version": 7, "level": 3, "secret": "s", "changed_at": "2026-03-01T12:00:00Z"}
    return item | {"outbox": [{"fact": fact, "trace": TRACE, "actor": "staff:1"} for fact in told]} | changes


def test_a_fact_is_told_as_a_cloud_event_with_the_public_part_of_its_item() -> None:
    [told] = messages.of_item("kitchen", an_item("CupFilled"), FACTS)
    assert msgspec.to_builtins(told) == {
        "specversion": "1.0",
        "id": "cup/1#a/7/0",
        "source": "/emporium/kitchen",
        "type": "emporium.kitchen.CupFilled.v1",
        "subject": "1#a",
        "time": "2026-03-01T12:00:00Z",
        "sequence": "0000000007",
        "datacontenttype": "application/json",
        "dataschema": "urn:emporium:schema:kitchen:CupFilled:v1",
        "traceparent": TRACE,
        "actor": "staff:1",
        "data": {"id": "1#a", "level": 3},
    }


def test_a_fact_told_twice_has_the_same_id() -> None:
    once, again = (messages.of_item("kitchen", an_item("CupFilled"), FACTS) for _ in range(2))
    assert once == again


def test_facts_of_one_save_are_told_in_their_order_under_ids_of_their_own() -> None:
    told = messages.of_item("kitchen", an_item("CupMoved", "CupFilled"), FACTS)
    assert [(each.id, each.type) for each in told] == [
        ("cup/1#a/7/0", "emporium.kitchen.CupMoved.v1"),
        ("cup/1#a/7/1", "emporium.kitchen.CupFilled.v1"),
    ]


def test_a_higher_version_sorts_later_as_text() -> None:
    [ninth], [tenth] = (messages.of_item("kitchen", an_item("CupFilled", version=at), FACTS) for at in (9, 10))
    assert ninth.sequence < tenth.sequence
    assert (ninth.version, tenth.version) == (9, 10)


def test_an_item_that_tells_nothing_tells_nothing() -> None:
    assert messages.of_image("kitchen", items.write_item({"pk": "cup#1", "version": 1}), FACTS) == []
    assert messages.of_image("kitchen", {}, FACTS) == []


def test_an_image_without_facts_is_not_even_read() -> None:
    """Whatever else stands in a table, such as a set or a number with a fraction, is none of the relay's business."""
    assert (
        messages.of_image("kitchen", {"pk": {"S": "rate#1"}, "hits": {"N": "1.5"}, "from": {"SS": ["a"]}}, FACTS) == []
    )


def test_a_fact_that_nobody_declared_is_an_error() -> None:
    with pytest.raises(KeyError, match="CupLost"):
        messages.of_item("kitchen", an_item("CupLost"), FACTS)


def test_an_item_without_what_its_fact_promises_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError, match="level"):
        messages.of_item("kitchen", an_item("CupFilled", level="high"), FACTS)


def test_a_hearer_reads_only_the_fields_that_it_needs() -> None:
    [told] = messages.of_item("kitchen", an_item("CupFilled"), FACTS)
    raw = msgspec.json.encode(msgspec.to_builtins(told) | {"newfield": 1})
    heard = msgspec.json.decode(raw, type=Message[CupMoved])
    assert (heard.data, heard.version) == (CupMoved("1#a"), 7)
