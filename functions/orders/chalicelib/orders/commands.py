"""What people ask orders for."""

from datetime import timedelta

from chalicelib.orders import model, schemas, store
from chalicelib.orders.model import Limits, Order, Patience, Wanted
from chassis import clock, cursor, settings
from chassis.auth import Caller, may_touch
from chassis.idempotency import is_replay
from chassis.refusals import KeyUsedForAnotherRequest
from chassis.table import NotWritten


def patience() -> Patience:
    """How long orders wait, as this deployment has it."""
    return Patience(
        ask_after=timedelta(seconds=settings.number("ORDERS_ASK_AFTER_SECONDS", 60)),
        deadline=timedelta(seconds=settings.number("ORDERS_DEADLINE_SECONDS", 24 * 3600)),
    )


def limits() -> Limits:
    """How much one customer may want at a time, as this deployment has it."""
    times, seconds = settings.rate("ORDERS_PLACING_LIMIT", "30/60")
    return Limits(
        times=times,
        window=timedelta(seconds=seconds),
        open=settings.number("ORDERS_OPEN_LIMIT", 20),
        units=settings.number("ORDERS_UNITS_LIMIT", 1000),
    )


def place_order(asked: schemas.PlaceOrder, by: Caller, made_by: str | None) -> Order:
    """A new order; asked again with the same key, the order as it was placed.

    With a key, the order's id is made of the customer and the key: a retry meets the same item, for ever.
    """
    now, allowed = clock.now(), limits()
    customer_id = _ordering(asked.customer_id, by)
    id = clock.derived_id(customer_id, made_by.partition("/")[0]) if made_by else clock.new_id(now)
    known = store.look_up(id, customer_id, [line.sku for line in asked.lines])
    if known.order:
        return _replayed(known.order, made_by)
    customer = model.admit(customer_id, known.customer, by_staff=by.is_staff)
    wanted = [Wanted(line.sku, line.quantity) for line in asked.lines]
    model.refuse_too_many_units(wanted, allowed)
    lines = model.price(wanted, known.products)
    order, facts = model.place(id, customer, lines, now, patience(), made_by)
    if not by.is_staff:
        store.take_place(order, known.allowance, now, allowed)
    try:
        store.orders.save(order, facts)
    except NotWritten:
        return _replayed(get_order(id, by), made_by)
    return order


def get_order(id: str, by: Caller) -> Order:
    return _theirs(id, store.orders.get(id), by)


def list_orders(asked: schemas.ListOrders, by: Caller) -> cursor.Listed[Order]:
    """A customer's orders, the newest first."""
    customer_id = asked.customer_id or by.id
    if by.is_staff and asked.customer_id is None:
        raise model.CustomerNotNamed("parameter")
    if not may_touch(by, customer_id):
        raise model.NoSuchCustomer(customer_id)
    after = cursor.unseal(asked.cursor, "orders", customer_id)
    page = store.orders.list(store.BY_CUSTOMER, customer_id, asked.limit, after, newest_first=True)
    return cursor.listed(page, "orders", customer_id)


def cancel_order(id: str, by: Caller) -> Order:
    """Cancels an order, whose stock is then given back; one that was cancelled stays so."""
    reason: model.Reason = "by_staff" if by.is_staff else "by_customer"

    def decide(found: Order | None) -> model.Decision | None:
        return model.cancel(_theirs(id, found, by), reason, clock.now(), patience())

    return _theirs(id, store.orders.change(id, decide), by)


def _ordering(named: str | None, by: Caller) -> str:
    """Who orders: whoever calls, or whom staff names; raises CustomerNotNamed, OrdersForAnother."""
    if by.is_staff and named is None:
        raise model.CustomerNotNamed("pointer")
    if not by.is_staff and named is not None:
        raise model.OrdersForAnother
    return named or by.id


def _theirs(id: str, found: Order | None, by: Caller) -> Order:
    """The order, if it is the caller's to see; raises NoSuchOrder, as for one that is not there."""
    if found is None or not may_touch(by, found.customer_id):
        raise model.NoSuchOrder(id)
    return found


def _replayed(order: Order, made_by: str | None) -> Order:
    if not is_replay(order.made_by, made_by):
        raise KeyUsedForAnotherRequest
    return model.as_placed(order)
