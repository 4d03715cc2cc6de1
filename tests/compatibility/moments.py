"""A shop's life in moments: what stands in its tables and what is on its way, at each step until all has come to rest.

A moment that one version recorded is where another can take over: old items, old stream records and old messages go on
under new code, as they do while traffic goes over from one version to the next.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from chassis import clock, items
from tests.shop import CONTEXT, Shop, forget_sign_outs

BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
# What has to come out the same under any version; how else a thing is kept is a version's own business.
OUTCOME = ("status", "reason", "on_hand", "reserved", "available", "version")
Due = tuple[str, str, dict[str, Any]]  # a capability, which of its handlers, and the record that it is to be given


@dataclass(frozen=True)
class Moment:
    """What stands in each table, what is due, and what comes of it: the outcome of each item, by table and key."""

    act: str
    tables: dict[str, list[dict[str, Any]]]
    due: list[Due]
    end: dict[str, dict[str, dict[str, Any]]]


def life(shop: Shop) -> list[Moment]:
    """Every moment of a life in which each fact is told and each kind of item is kept."""
    moments, names = list[Moment](), count(1)
    for number, act in enumerate(ACTS):
        clock.use(_from(BEGIN + timedelta(minutes=5 * number)))
        act(shop)
        seen = list(_until_rest(shop, names))
        end = outcome(shop)
        moments += [Moment(act.__name__, tables, due, end) for tables, due in seen]
    return moments


def take_over(shop: Shop, moment: Moment) -> None:
    """Puts an empty shop where another one was in that moment, and lets all go on until it comes to rest."""
    clock.use(_from(BEGIN + timedelta(minutes=5 * len(ACTS))))
    for name, kept in moment.tables.items():
        for item in kept:
            shop.clients.dynamodb.put_item(TableName=f"emporium-test-{name}", Item=item)
        shop.records(name)  # of these writes: nobody made them
    for name, handler, record in moment.due:
        getattr(shop.apps[name], handler)({"Records": [record]}, CONTEXT)
    shop.settle()


def clear(shop: Shop) -> None:
    """Takes all away that is kept or on its way."""
    for name in shop.apps:
        for item in shop.everything(name):
            shop.clients.dynamodb.delete_item(TableName=f"emporium-test-{name}", Key={"pk": item["pk"]})
        shop.records(name)
        if hasattr(shop.apps[name], "inbox"):
            shop.messages(name)
    forget_sign_outs()


def outcome(shop: Shop) -> dict[str, dict[str, dict[str, Any]]]:
    return {name: {item["pk"]["S"]: _outcome_of(item) for item in shop.everything(name)} for name in shop.apps}


def _outcome_of(item: dict[str, Any]) -> dict[str, Any]:
    return {name: items.read(item[name]) for name in OUTCOME if name in item}


def _until_rest(shop: Shop, names: Iterator[int]) -> Iterator[tuple[dict[str, list[dict[str, Any]]], list[Due]]]:
    """Delivers one after the other; before each, what stands there and what is due."""
    due = list(_new(shop, names))
    while due:
        yield {name: shop.everything(name) for name in shop.apps}, list(due)
        name, handler, record = due.pop(0)
        getattr(shop.apps[name], handler)({"Records": [record]}, CONTEXT)
        due += _new(shop, names)


def _new(shop: Shop, names: Iterator[int]) -> Iterator[Due]:
    """What has come since the last time; the cloud's own names for it are by chance, and would be others each time."""
    for name in shop.apps:
        for record in map(plain, shop.records(name)):
            record["eventID"] = f"{next(names):032x}"
            record["dynamodb"]["SequenceNumber"] = f"{next(names):021d}"
            yield name, "relay", record
        if hasattr(shop.apps[name], "inbox"):
            for message in shop.messages(name):
                yield name, "inbox", message | {"messageId": f"00000000-0000-4000-8000-{next(names):012d}"}


def plain(record: Any) -> dict[str, Any]:
    """As JSON has it, which is how it is recorded."""
    return dict(json.loads(json.dumps(record, default=str)))


def _from(at: datetime) -> Callable[[], datetime]:
    """A clock that goes on by a millisecond with each look, so that a life is the same each time."""
    looks = iter(range(1, 10_000))
    return lambda: at + timedelta(milliseconds=next(looks))


def _open(shop: Shop) -> None:
    for sku, status in (("tea", "active"), ("mug", "active"), ("cup", "draft")):
        price = {"amount": 349, "currency": "USD"}
        product = {"sku": sku, "name": sku.title(), "price": price, "category": "kitchen", "status": status}
        _made(shop.call("POST", "/products", product, idempotency_key=f"add-{sku}"))
    delivery = {"delta": 10, "reason": "delivery"}
    _made(shop.call("POST", "/products/tea/stock-adjustments", delivery, idempotency_key="delivery"))
    shop.customer("ada")
    shop.customer("bob")


def _order(shop: Shop) -> None:
    for sku, quantity in (("tea", 2), ("mug", 3), ("tea", 1)):
        body = {"lines": [{"sku": sku, "quantity": quantity}]}
        _made(shop.call("POST", "/orders", body, by="customer:ada", idempotency_key=f"{sku}-{quantity}"))


def _cancel_and_revise(shop: Shop) -> None:
    placed = shop.call("GET", "/orders", by="customer:ada").body["items"]
    order = next(each for each in placed if each["lines"][0]["quantity"] == 2)
    _made(shop.call("POST", f"/orders/{order['id']}/cancel", by="customer:ada"))
    for sku, changes in (
        ("tea", {"name": "Green tea"}),
        ("tea", {"price": {"amount": 399, "currency": "USD"}}),
        ("cup", {"status": "active"}),
        ("mug", {"status": "draft"}),
        ("mug", {"status": "archived"}),
    ):
        _made(shop.call("PATCH", f"/products/{sku}", changes, if_match="*"))


def _say_goodbye(shop: Shop) -> None:
    _made(shop.call("PATCH", "/customers/me", {"name": "Ada L."}, by="customer:ada", if_match="*"))
    _made(shop.call("DELETE", "/customers/me", by="customer:bob", if_match="*"))


def _made(answer: Any) -> None:
    assert answer.status < 300, answer.body


ACTS = (_open, _order, _cancel_and_revise, _say_goodbye)
