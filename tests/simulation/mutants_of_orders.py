"""Deliberate faults in what orders decide: who may order, when an order asks, gives up and rests."""

from datetime import timedelta
from typing import Any

from msgspec import structs

from chalicelib.orders import commands, events, model, reactions, store
from chassis import clock
from chassis.table import NotWritten
from tests.simulation.deliberate import Mutant, instead, mutant

RESERVED = "emporium.products.StockReserved.v1"


@mutant
def an_orders_id_is_made_of_its_key_alone() -> Mutant:
    class Unscoped:
        def __getattr__(self, name: str) -> Any:
            return getattr(clock, name)

        def derived_id(self, *parts: str) -> str:
            return clock.derived_id(parts[-1])

    with instead(commands, "clock", Unscoped()):
        yield


@mutant
def an_order_that_was_rejected_is_cancelled_all_the_same() -> Mutant:
    cancel = model.cancel

    def worse(order: Any, *rest: Any) -> Any:
        return cancel(structs.replace(order, status="placed") if order.status == "rejected" else order, *rest)

    with instead(model, "cancel", worse):
        yield


@mutant
def an_order_never_gives_up() -> Mutant:
    ask_again = model.ask_again

    def worse(order: Any, now: Any, patience: Any) -> Any:
        decided = ask_again(structs.replace(order, answer_by=now + timedelta(days=1000)), now, patience)
        return decided and (structs.replace(decided[0], answer_by=order.answer_by), decided[1])

    with instead(model, "ask_again", worse):
        yield


@mutant
def a_deadline_counts_from_the_last_change() -> Mutant:
    """An order that asks is changed each time, and so never comes to its deadline."""
    ask_again = model.ask_again

    def worse(order: Any, now: Any, patience: Any) -> Any:
        decided = ask_again(structs.replace(order, answer_by=order.changed_at + patience.deadline), now, patience)
        return decided and (structs.replace(decided[0], answer_by=order.answer_by), decided[1])

    with instead(model, "ask_again", worse):
        yield


@mutant
def who_asked_three_times_asks_no_more() -> Mutant:
    ask_again = model.ask_again

    def worse(order: Any, now: Any, patience: Any) -> Any:
        decided = ask_again(order, now, patience)
        if decided is None or order.asked < 3:
            return decided
        return structs.replace(decided[0], ask_at=None), decided[1]

    with instead(model, "ask_again", worse):
        yield


@mutant
def who_was_cancelled_asks_for_its_stock() -> Mutant:
    """A cancelled order that asks again tells the fact that it was placed."""
    ask_again = model.ask_again

    def worse(order: Any, now: Any, patience: Any) -> Any:
        decided = ask_again(order, now, patience)
        return decided and (decided[0], (events.OrderPlaced,))

    with instead(model, "ask_again", worse):
        yield


@mutant
def a_cancelled_order_rests_once_its_stock_is_reserved() -> Mutant:
    def worse(heard: Any) -> None:
        now = clock.now()
        reactions._settle(
            heard.data.id,
            lambda order: (
                model.rest(order, now, commands.patience())
                if order.status == "cancelled"
                else model.confirm(order, now)
            ),
        )

    worse.__annotations__ = reactions.when_stock_reserved.__annotations__
    with instead(reactions.REACTIONS, RESERVED, worse):
        yield


@mutant
def an_order_that_was_refused_is_confirmed_later() -> Mutant:
    confirm = model.confirm

    def worse(order: Any, now: Any) -> Any:
        return confirm(structs.replace(order, status="placed") if order.status == "rejected" else order, now)

    with instead(model, "confirm", worse):
        yield


@mutant
def a_confirmed_order_is_rejected_by_a_late_refusal() -> Mutant:
    reject = model.reject

    def worse(order: Any, *rest: Any) -> Any:
        return reject(structs.replace(order, status="placed") if order.status != "rejected" else order, *rest)

    with instead(model, "reject", worse):
        yield


@mutant
def who_was_deactivated_can_order() -> Mutant:
    admit = model.admit

    def worse(id: str, customer: Any, **more: Any) -> Any:
        return admit(id, customer and structs.replace(customer, status="active"), **more)

    with instead(model, "admit", worse):
        yield


@mutant
def what_was_archived_can_be_ordered() -> Mutant:
    price = model.price

    def worse(wanted: Any, products: Any) -> Any:
        return price(wanted, {sku: structs.replace(each, status="active") for sku, each in products.items()})

    with instead(model, "price", worse):
        yield


@mutant
def an_order_is_asked_for_anew_where_its_save_failed() -> Mutant:
    """Who met another's order under the same id is given a second one."""
    save = store.orders.save

    def worse(order: Any, facts: Any) -> None:
        try:
            save(order, facts)
        except NotWritten:
            save(structs.replace(order, id=clock.new_id(clock.now())), facts)

    store.orders.__dict__["save"] = worse
    try:
        yield
    finally:
        del store.orders.__dict__["save"]
