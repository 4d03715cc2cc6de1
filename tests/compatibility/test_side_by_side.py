"""What runs and what is to come work side by side: on the same items, stream records and messages, either way round."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, get_type_hints

import msgspec
import pytest
from jsonschema import Draft202012Validator, ValidationError

from chassis import items, messages
from infra.deploy.contracts import breaks, bundle
from tests.compatibility import released
from tests.compatibility.moments import ACTS, Due, clear, life, outcome, take_over
from tests.contracts.told import CAPABILITIES, told
from tests.gateway import lasting_shop
from tests.shop import Shop

MOMENTS, EVENTS = released.moments(), released.events()
CONTRACTS = {name: json.loads(text) for name, text in released.bundles().items()}
HEARD = [(name, type) for name, each in CAPABILITIES.items() for type in each.reactions if type in EVENTS]

# What is broken on purpose since the last release, as `breaks` says it, and why nobody misses it.
MEANT: dict[str, str] = {}
# Copies that are of a later version than under the last release, which did not listen to what tells it.
FURTHER = {("orders", "customer#ada")}


@pytest.fixture(scope="module")
def lasting() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


@pytest.fixture
def shop(lasting: Shop) -> Shop:
    """A shop in which nothing ever happened."""
    clear(lasting)
    return lasting


def records() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every stream record of the last release, and whose it is."""
    for moment in MOMENTS:
        yield from ((name, record) for name, handler, record in moment.due if handler == "relay")


def takes(schema: dict[str, Any], value: Any) -> None:
    """Raises ValidationError where the reader whose schema it is could not read the value."""
    Draft202012Validator(schema).validate(value)


def test_the_code_of_now_breaks_nothing_of_the_last_release_but_what_is_meant() -> None:
    stored = released.bundles()
    broken = {each for name in CAPABILITIES for other in stored for each in breaks(stored[other], bundle(name))}
    assert broken == MEANT.keys()


@pytest.mark.parametrize("at", range(len(MOMENTS)))
def test_new_code_takes_over_at_any_moment_of_the_old_and_comes_to_the_same_end(shop: Shop, at: int) -> None:
    take_over(shop, MOMENTS[at])
    assert _but_for_further(outcome(shop)) == _but_for_further(MOMENTS[at].end)
    assert shop.set_aside() == []


def test_new_code_answers_with_what_old_code_kept(shop: Shop) -> None:
    take_over(shop, MOMENTS[-1])
    kept = {name: [item["pk"]["S"].partition("#") for item in shop.everything(name)] for name in shop.apps}
    orders = [id for kind, _, id in kept["orders"] if kind == "order"]
    skus = [id for kind, _, id in kept["products"] if kind == "product"]
    assert (len(orders), sorted(skus)) == (3, ["cup", "mug", "tea"])
    asked = [f"/orders/{id}" for id in orders] + [f"/catalogue/{sku}" for sku in skus]
    asked += [f"/products/{sku}/stock" for sku in skus] + ["/customers/ada", "/customers/bob"]
    assert {path: shop.call("GET", path).status for path in asked} == dict.fromkeys(asked, 200)


@pytest.mark.parametrize(("hearer", "type"), HEARD)
def test_a_reaction_of_now_reads_what_the_last_release_told(hearer: str, type: str) -> None:
    hints = get_type_hints(CAPABILITIES[hearer].reactions[type])
    [wanted] = [hint for name, hint in hints.items() if name != "return"]
    for event in EVENTS[type]:
        assert msgspec.json.decode(json.dumps(event), type=wanted).id == event["id"]


def test_new_code_tells_of_an_old_record_what_the_old_code_told() -> None:
    told_then = {message["id"] for moment in MOMENTS for message in _messages(moment.due)}
    told_now = {message.id for name, record in records() for message in _of(name, record)}
    assert told_then
    assert told_then <= told_now


def test_what_is_told_now_is_read_by_those_who_listen_in_the_last_release() -> None:
    for contracts in CONTRACTS.values():
        for type, schema in contracts["hears"].items():
            for event in told()[type]:
                takes(schema, event)


def test_what_is_kept_now_is_read_by_the_last_release(shop: Shop) -> None:
    life(shop)
    for name, contracts in CONTRACTS.items():
        for item in shop.everything(name):
            kind = item["pk"]["S"].partition("#")[0]
            if kind in contracts["keeps"]:
                takes(contracts["keeps"][kind], items.read_item(item))


def test_every_event_and_every_kind_of_item_of_the_last_release_is_recorded() -> None:
    assert EVENTS.keys() == {type for contracts in CONTRACTS.values() for type in contracts["tells"]}
    kept = {(name, item["pk"]["S"].partition("#")[0]) for name, items in MOMENTS[-1].tables.items() for item in items}
    assert {(name, kind) for name, contracts in CONTRACTS.items() for kind in contracts["keeps"]} <= kept
    assert {moment.act for moment in MOMENTS} == {act.__name__ for act in ACTS}
    told_then = {told["M"]["fact"]["S"] for _, record in records() for told in _outbox(record)}
    assert told_then == {type.split(".")[2] for type in EVENTS}


def test_code_that_can_not_read_what_was_told_does_not_come_to_the_same_end(shop: Shop) -> None:
    moment = deepcopy(next(each for each in MOMENTS if any(handler == "inbox" for _, handler, _ in each.due)))
    for _, handler, record in moment.due:
        if handler == "inbox":
            record["body"] = record["body"].replace('"id"', '"identity"')
    with pytest.raises(Exception, match="messages"):
        take_over(shop, moment)


def test_a_reader_of_the_last_release_that_could_not_read_what_is_told_now_is_seen() -> None:
    schema = CONTRACTS["products"]["hears"]["emporium.orders.OrderPlaced.v1"]
    event = deepcopy(told()["emporium.orders.OrderPlaced.v1"][0])
    del event["data"]["lines"]
    with pytest.raises(ValidationError, match="'lines' is a required property"):
        takes(schema, event)


def _but_for_further(end: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, dict[str, Any]]]:
    kept = {name: {key: dict(item) for key, item in items.items()} for name, items in end.items()}
    for name, key in FURTHER:
        kept[name].get(key, {}).pop("version", None)
    return kept


def _messages(due: list[Due]) -> Iterator[dict[str, Any]]:
    return (json.loads(record["body"]) for _, handler, record in due if handler == "inbox")


def _of(name: str, record: dict[str, Any]) -> list[messages.Message[Any]]:
    known = {fact.__name__: fact for fact in CAPABILITIES[name].facts.values()}
    return messages.of_image(name, record["dynamodb"].get("NewImage", {}), known)


def _outbox(record: dict[str, Any]) -> list[dict[str, Any]]:
    return list(record["dynamodb"].get("NewImage", {}).get("outbox", {"L": []})["L"])
