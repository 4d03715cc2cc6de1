"""Deliberate faults in who waits, asks and tells again, and in what is made of a write that lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from msgspec import UNSET, structs

from chalicelib.orders import commands, model, reactions, store
from chalicelib.products import commands as stock_commands
from chalicelib.products import model as stock
from chalicelib.products import reactions as stock_reactions
from chassis import aggregates, clock, relay, telling, writes
from chassis.refusals import Unavailable
from chassis.table import NotWritten, Table
from tests.simulation.deliberate import Mutant, instead, mutant

PLACED = "emporium.orders.OrderPlaced.v1"


@mutant
def orders_give_up_after_half_a_day() -> Mutant:
    soon = model.Patience(timedelta(minutes=1), timedelta(hours=12))
    with instead(commands, "patience", lambda: soon), instead(reactions, "patience", lambda: soon):
        yield


@mutant
def who_waits_asks_ever_more_seldom() -> Mutant:
    with instead(model, "LONGEST_WAIT", timedelta(days=7)):
        yield


@mutant
def who_asks_sleeps_past_the_deadline() -> Mutant:
    ask_again = model.ask_again

    def worse(order: Any, now: Any, patience: Any) -> Any:
        decided = ask_again(order, now, patience)
        if decided is None or decided[0].status != "placed":
            return decided
        wait = min(patience.ask_after * 2 ** min(decided[0].asked, 16), model.LONGEST_WAIT)
        return structs.replace(decided[0], ask_at=now + wait), decided[1]

    with instead(model, "ask_again", worse):
        yield


@mutant
def a_confirmed_order_goes_on_asking() -> Mutant:
    confirm = model.confirm

    def worse(order: Any, now: Any) -> Any:
        decided = confirm(order, now)
        return decided and (structs.replace(decided[0], ask_at=order.ask_at), decided[1])

    with instead(model, "confirm", worse):
        yield


@mutant
def a_confirmed_order_that_is_cancelled_does_not_ask() -> Mutant:
    cancel = model.cancel

    def worse(order: Any, *asked: Any) -> Any:
        decided = cancel(order, *asked)
        return decided and (
            structs.replace(decided[0], ask_at=None) if order.status == "confirmed" else decided[0],
            decided[1],
        )

    with instead(model, "cancel", worse):
        yield


@mutant
def an_order_that_came_in_time_is_dropped() -> Mutant:
    heard_in_time = stock_reactions.when_order_placed

    def worse(heard: Any) -> None:
        if not heard.data.answer_by or clock.now() < heard.data.answer_by - timedelta(hours=24):
            heard_in_time(heard)

    worse.__annotations__ = heard_in_time.__annotations__
    with instead(stock_reactions.REACTIONS, PLACED, worse):
        yield


@mutant
def a_refusal_does_not_say_what_is_short() -> Mutant:
    refuse = stock.refuse
    with instead(stock, "refuse", lambda found, order, shortages, *asked: refuse(found, order, (), *asked)):
        yield


@mutant
def a_key_of_an_adjustment_is_good_for_any_body() -> Mutant:
    with instead(stock_commands, "is_replay", lambda kept, asked: kept is not None and asked is not None):
        yield


@mutant
def a_change_is_decided_on_what_was_read_first() -> Mutant:
    with instead(aggregates.Aggregates, "change", _decided_once(lambda after, now: after)):
        yield


@mutant
def whoever_lost_saves_over_who_won() -> Mutant:
    def over(after: Any, now: Any) -> Any:
        return structs.replace(after, version=(now.version if now else 0) + 1)

    with instead(aggregates.Aggregates, "change", _decided_once(over)):
        yield


def _decided_once(again: Any) -> Any:
    def change(self: Any, id: str, decide: Any, also: Any = lambda before, after: (), *, known: Any = UNSET) -> Any:
        before = self.get(id) if known is UNSET else known
        decided = decide(before)
        if decided is None:
            return before
        after, facts = decided
        for _ in range(aggregates.TRIES):
            try:
                self.save(after, facts, also(before, after))
                return after
            except NotWritten as lost:
                if 0 not in lost.failed:
                    raise
                after = again(after, self.get(id))
        raise Unavailable("Too many others change the same just now.")

    return change


@mutant
def what_came_late_is_not_heard() -> Mutant:
    """A copy that is older than the one there fails, again and again, to a dead letter."""

    with instead(store, "_keep", store.TABLE.write):
        yield


@mutant
def a_relay_tells_of_the_last_failure_alone() -> Mutant:
    failures = relay._failures

    def worse(entries: Any, capability: str) -> Iterator[str]:
        yield from list(failures(entries, capability))[-1:]

    with instead(relay, "_failures", worse):
        yield


@mutant
def what_is_refused_for_good_is_not_set_aside() -> Mutant:
    with instead(relay, "_park", lambda *told: None):
        yield


@mutant
def what_is_told_again_is_looked_for_in_one_shard() -> Mutant:
    page = Table.page

    def worse(self: Any, index: Any, value: str, *asked: Any, **more: Any) -> Any:
        return page(self, index, "0" if index is telling.TELLING else value, *asked, **more)

    with instead(Table, "page", worse):
        yield


@mutant
def what_is_told_again_loses_its_facts() -> Mutant:
    request = writes.Touch.request

    def worse(self: writes.Touch) -> Any:
        made = request(self)
        made["Update"]["UpdateExpression"] += " REMOVE outbox" if self.then else ", outbox"
        return made

    with instead(writes.Touch, "request", worse):
        yield
