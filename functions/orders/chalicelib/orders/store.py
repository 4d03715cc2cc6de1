"""Where orders keeps what it knows: one table, with orders and its own copies of customers and products."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from msgspec import Struct

from chalicelib.orders import events, model
from chalicelib.orders.model import Allowance, Customer, Limits, Order, Product, TooManyOpenOrders
from chassis.aggregates import Aggregates
from chassis.clock import stamp
from chassis.sign_outs import SignOuts
from chassis.table import Index, NotWritten, Plain, Table
from chassis.writes import Copy

TABLE = Table("ORDERS_TABLE")
BY_CUSTOMER = Index("by_customer", "customer_id", "placed_key")
WAITING = Index("waiting", "waiting_shard", "ask_at")
S = TypeVar("S")
UNDER_WAY = timedelta(minutes=1)  # an order that was counted so long ago and is not there never came to be
SHARDS = 4  # of the waiting orders: one index key takes 1,000 writes a second


def _entries(order: Order) -> Mapping[str, str]:
    listed = {"customer_id": order.customer_id, "placed_key": f"{stamp(order.placed_at)}#{order.id}"}
    if order.ask_at is None:
        return listed
    shard = str(zlib.crc32(order.id.encode()) % SHARDS)
    return {**listed, "waiting_shard": shard, "ask_at": stamp(order.ask_at)}


orders = Aggregates(TABLE, "order", Order, _entries, events.measures)
allowances = Aggregates(TABLE, "allowance", Allowance)
sign_outs = SignOuts(TABLE)


class Known(Struct, frozen=True):
    """What is known at the moment an order is placed; `order` is there when the same was placed before."""

    order: Order | None
    customer: Customer | None
    allowance: Allowance | None
    products: Mapping[str, Product]


def look_up(order: str, customer: str, skus: Iterable[str]) -> Known:
    """All that placing an order needs, in one batch read (two for an order of 99 lines)."""
    wanted = {sku: f"product#{sku}" for sku in skus}
    found = TABLE.get_many([orders.key(order), f"customer#{customer}", allowances.key(customer), *wanted.values()])
    return Known(
        order=orders.among(found, order),
        customer=_of(found, f"customer#{customer}", Customer),
        allowance=allowances.among(found, customer),
        products={sku: msgspec.convert(found[key], Product) for sku, key in wanted.items() if key in found},
    )


def take_place(order: Order, known: Allowance | None, now: datetime, limits: Limits) -> None:
    """Counts an order towards its customer's limits, before it is placed; raises OrdersTooFast, TooManyOpenOrders.

    Which of the counted orders still wait is looked up only when there seem to be too many: no order that comes to its
    end has to write here.
    """
    settled: set[str] = set()

    def decide(found: Allowance | None) -> tuple[Allowance, model.Facts] | None:
        after = model.take_place(found, order, now, limits, settled)
        return (after, ()) if after else None

    try:
        allowances.change(order.customer_id, decide, known=known)
    except TooManyOpenOrders:
        settled |= _settled(order.customer_id, now)
        allowances.change(order.customer_id, decide)


def forget(customer: str) -> None:
    """Forgets what was counted of an erased customer; what stands in its place lets nothing new be counted."""

    def decide(found: Allowance | None) -> tuple[Allowance, model.Facts] | None:
        after = model.forget(found, customer)
        return (after, ()) if after else None

    allowances.change(customer, decide)


def keep_customer(customer: Customer) -> None:
    """Keeps what was told of a customer, unless something newer was; whoever was deactivated stays so."""
    _keep(Copy(f"customer#{customer.id}", customer, final=("status", "deactivated")))


def keep_product(product: Product) -> None:
    """Keeps what was told of a product, unless something newer was."""
    _keep(Copy(f"product#{product.sku}", product))


def waiting(now: datetime, at_most: int) -> Iterator[str]:
    """The orders that are to ask again, the longest waiting of each shard first."""
    for shard in range(SHARDS):
        page = TABLE.page(WAITING, str(shard), at_most, up_to=stamp(now))
        yield from (key.removeprefix(orders.key("")) for key in page.keys)


def _settled(customer: str, now: datetime) -> set[str]:
    """Those counted orders of a customer that do not wait for an answer; one that never came to be, neither."""
    counted = allowances.get(customer) or Allowance(id=customer, version=0)
    found = TABLE.get_many(orders.key(each.order) for each in counted.placed)
    return {
        each.order
        for each in counted.placed
        if ((there := found.get(orders.key(each.order))) is None and each.at < now - UNDER_WAY)
        or (there is not None and there["status"] != "placed")
    }


def _keep(copy: Copy) -> None:
    with suppress(NotWritten):  # told late or twice: something as new is there
        TABLE.write(copy)


def _of(found: Mapping[str, Plain], key: str, holds: type[S]) -> S | None:
    return msgspec.convert(found[key], holds) if key in found else None
