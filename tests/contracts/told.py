"""Every event that the apps can tell, made by the models' own functions and carried as the relay carries it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from chalicelib.customers import model as customers
from chalicelib.customers.store import customers as customers_store
from chalicelib.customers.store import sign_outs
from chalicelib.orders import model as orders
from chalicelib.orders.store import orders as orders_store
from chalicelib.products import events as product_events
from chalicelib.products import model as products
from chalicelib.products import store as products_store
from chassis import items, messages
from chassis.aggregates import Aggregates
from infra.contracts.capabilities import capabilities

CAPABILITIES = capabilities()
Event = dict[str, Any]
NOW = datetime(2025, 3, 4, 5, 6, 7, 89000, tzinfo=UTC)
PATIENCE = orders.Patience(ask_after=timedelta(minutes=1), deadline=timedelta(hours=24))
Told = tuple[Aggregates[Any], Any, Any]


@cache
def told() -> Mapping[str, tuple[Event, ...]]:
    """The events by type, each as a hearer gets it."""
    found: dict[str, tuple[Event, ...]] = {}
    for name, decisions in (("customers", _customers()), ("orders", _orders()), ("products", _products())):
        for event in (event for decision in decisions for event in _carried(name, *decision)):
            found[event["type"]] = (*found.get(event["type"], ()), event)
    return found


def _carried(capability: str, aggregates: Aggregates[Any], state: Any, facts: Any) -> Iterator[Event]:
    """Through the item that is saved and the image that the stream has of it."""
    image = items.write_item(aggregates.saving(state, facts).item())
    known = {fact.__name__: fact for fact in CAPABILITIES[capability].facts.values()}
    for message in messages.of_image(capability, image, known):
        yield json.loads(msgspec.json.encode(message))


def _customers() -> Iterator[Told]:
    customer, facts = customers.register("c1", {"email": "ada@example.com", "name": "Ada"}, NOW)
    yield customers_store, customer, facts
    yield customers_store, *_made(customers.revise(customer, {"name": "Ada L."}, NOW))
    yield sign_outs, *customers.sign_out(None, "c1", NOW)
    yield customers_store, *_made(customers.deactivate(customer, NOW))
    yield customers_store, *_made(customers.erase(customer, NOW))


def _orders() -> Iterator[Told]:
    mug = orders.Product(sku="mug", version=1, name="Mug", status="active", price=orders.Money(1299, "EUR"))
    lines = orders.price([orders.Wanted("mug", 3)], {"mug": mug})
    customer = orders.Customer(id="c1", version=1, status="active")
    order, facts = orders.place("o1", customer, lines, NOW, PATIENCE)
    yield orders_store, order, facts
    yield orders_store, *_made(orders.confirm(order, NOW))
    yield orders_store, *_made(orders.reject(order, [orders.Shortage("mug", 3, 2)], NOW))
    yield orders_store, *_made(orders.cancel(order, "by_customer", NOW, PATIENCE))
    yield orders_store, *_made(orders.cancel(order, "by_staff", NOW, PATIENCE))
    yield orders_store, *_made(orders.ask_again(order, NOW + timedelta(hours=1), PATIENCE))
    yield orders_store, *_made(orders.ask_again(order, NOW + timedelta(hours=25), PATIENCE))


def _products() -> Iterator[Told]:
    sparse = products.Product(
        sku="mug",
        version=1,
        name="Mug",
        price=products.Money(1299, "EUR"),
        status="active",
        created_at=NOW,
        changed_at=NOW,
    )
    told_all = {"description": "Of stoneware.", "category": "kitchen", "attributes": {"colour": "blue"}}
    full, revised = _made(products.revise(sparse, told_all, NOW))
    yield products_store.products, sparse, (product_events.ProductAdded,)
    yield products_store.products, full, revised
    for changes in ({"status": "archived"}, {"status": "draft"}, {"price": products.Money(0, "EUR")}):
        changed, facts = _made(products.revise(full, changes, NOW))
        yield products_store.products, changed, facts
        yield products_store.products, *_made(products.revise(changed, {"name": "Cup", "status": "active"}, NOW))
    adjustment = products.adjust(products.Stock(sku="mug"), "a1", 5, "delivery", NOW, None)
    yield products_store.adjustments, adjustment, (product_events.StockAdjusted,)
    yield from _reservations()


def _reservations() -> Iterator[Told]:
    reserved = _made(products.reserve(None, "o1", [products.Line("mug", 3)], 1, NOW))
    refused = products.refuse(None, "o2", [products.Shortage("mug", 3, 2)], 1, NOW)
    for answer in (reserved, refused, products.release(reserved[0], "o1", 2, NOW)):
        yield products_store.reservations, *_made(answer)


def _made(decision: Any) -> Any:
    assert decision is not None, "the model decided nothing"
    return decision
