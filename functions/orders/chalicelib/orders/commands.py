"""What people ask orders for."""

from datetime import timedelta

from chalicelib.orders import model, schemas, store
from chalicelib.orders.model import Order, Patience, Wanted
from chassis import clock, cursor, settings
from chassis.idempotency import is_replay
from chassis.refusals import KeyUsedForAnotherRequest
from chassis.table import NotWritten


def patience() -> Patience:
    """How long orders wait, as this deployment has it."""
    return Patience(
        ask_after=timedelta(seconds=settings.number("ORDERS_ASK_AFTER_SECONDS", 60)),
        deadline=timedelta(seconds=settings.number("ORDERS_DEADLINE_SECONDS", 24 * 3600)),
    )


def place_order(asked: schemas.PlaceOrder, made_by: str | None) -> Order:
    """A new order; asked again with the same key, the order as it was placed.

    With a key, the order's id is made of the customer and the key: a retry meets the same item, for ever.
    """
    now = clock.now()
    id = clock.derived_id(asked.customer_id, made_by.partition("/")[0]) if made_by else clock.new_id(now)
    known = store.look_up(id, asked.customer_id, [line.sku for line in asked.lines])
    if known.order:
        return _replayed(known.order, made_by)
    customer = model.admit(asked.customer_id, known.customer)
    lines = model.price([Wanted(line.sku, line.quantity) for line in asked.lines], known.products)
    order, facts = model.place(id, customer, lines, now, patience(), made_by)
    try:
        store.orders.save(order, facts)
    except NotWritten:
        return _replayed(get_order(id), made_by)
    return order


def get_order(id: str) -> Order:
    found = store.orders.get(id)
    if found is None:
        raise model.NoSuchOrder(id)
    return found


def list_orders(asked: schemas.ListOrders) -> cursor.Listed[Order]:
    """A customer's orders, the newest first."""
    after = cursor.unseal(asked.cursor, "orders", asked.customer_id)
    page = store.orders.list(store.BY_CUSTOMER, asked.customer_id, asked.limit, after, newest_first=True)
    return cursor.listed(page, "orders", asked.customer_id)


def cancel_order(id: str) -> Order:
    """Cancels an order, whose stock is then given back; one that was cancelled stays so."""

    def decide(found: Order | None) -> model.Decision | None:
        if found is None:
            raise model.NoSuchOrder(id)
        return model.cancel(found, "by_customer", clock.now(), patience())

    return store.orders.change(id, decide) or get_order(id)


def _replayed(order: Order, made_by: str | None) -> Order:
    if not is_replay(order.made_by, made_by):
        raise KeyUsedForAnotherRequest
    return model.as_placed(order)
