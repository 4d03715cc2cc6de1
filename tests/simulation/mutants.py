"""Deliberate faults in what keeps orders safe, each to be caught by the simulation: the proof that it would see one."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from msgspec import structs

from chalicelib.orders import commands, model, reactions, store
from chalicelib.products import model as stock
from chalicelib.products import reactions as stock_reactions
from chalicelib.products import store as stock_store
from chassis import (
    aggregates,
    aws,
    clock,
    doors,
    inbox,
    items,
    messages,
    relay,
    settings,
    table,
    writes,
)
from tests.simulation import (
    mutants_of_operations,
    mutants_of_orders,
    mutants_of_people,
    mutants_of_stock,
    mutants_of_tables,
    mutants_of_waiting,
)
from tests.simulation.deliberate import MUTANTS, Mutant, instead, mutant, unconditional

__all__ = ["MUTANTS", "instead"]
OTHERS = (  # which list theirs
    mutants_of_tables,
    mutants_of_orders,
    mutants_of_stock,
    mutants_of_operations,
    mutants_of_people,
    mutants_of_waiting,
)


@mutant
def a_save_does_not_look_at_the_version() -> Mutant:
    with instead(writes.Save, "request", unconditional(writes.Save)):
        yield


@mutant
def a_copy_goes_over_a_newer_one() -> Mutant:
    with instead(writes.Copy, "request", unconditional(writes.Copy)):
        yield


@mutant
def a_counter_may_fall_below_zero() -> Mutant:
    request = writes.Count.request

    def worse(self: writes.Count) -> Any:
        made = request(self)
        made["Update"]["ConditionExpression"] = "attribute_exists(pk)"
        return made

    with instead(writes.Count, "request", worse):
        yield


@mutant
def what_can_not_be_heard_is_taken_for_heard() -> Mutant:
    heard = inbox._is_heard
    with instead(inbox, "_is_heard", lambda record, reactions: heard(record, reactions) or True):
        yield


@mutant
def the_relay_does_not_look_at_failed_entries() -> Mutant:
    failures = relay._failures

    def worse(entries: Any, capability: str) -> Iterator[str]:
        list(failures(entries, capability))
        return iter(())

    with instead(relay, "_failures", worse):
        yield


@mutant
def the_relay_goes_on_after_an_error() -> Mutant:
    failures = relay._failures

    def worse(entries: Any, capability: str) -> Iterator[str]:
        try:
            yield from failures(entries, capability)
        except Exception:
            return

    with instead(relay, "_failures", worse):
        yield


@mutant
def the_relay_tells_of_a_failure_at_the_record_after_it() -> Mutant:
    failures = relay._failures

    def worse(entries: Any, capability: str) -> Iterator[str]:
        for failed in failures(entries, capability):
            later = [entry.record for entry in entries if entry.record > failed]
            yield from later[:1]

    with instead(relay, "_failures", worse):
        yield


@mutant
def state_and_facts_are_two_writes() -> Mutant:
    """The dual write: the item is saved, and then the topic is told."""
    save, item = aggregates.Aggregates.save, writes.Save.item

    def untold(self: writes.Save) -> Any:
        return {name: value for name, value in item(self).items() if name != "outbox"}

    def worse(self: Any, state: Any, facts: Any = (), also: Any = ()) -> None:
        save(self, state, facts, also)
        if not facts:
            return
        capability = self.table._setting.removesuffix("_TABLE").lower()
        known = {fact.__name__: fact for fact in facts}
        for told in messages.of_item(capability, item(self.saving(state, facts)), known):
            type = {"DataType": "String", "StringValue": told.type}
            entry = {"Id": "0", "Message": relay._json(told), "MessageAttributes": {"type": type}}
            topic = settings.text(f"{capability.upper()}_TOPIC_ARN")
            aws.client("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=[entry])

    with instead(writes.Save, "item", untold), instead(aggregates.Aggregates, "save", worse):
        yield


@mutant
def a_cancellation_that_comes_first_leaves_no_tombstone() -> Mutant:
    release = stock.release
    with instead(stock, "release", lambda found, *rest: found and release(found, *rest)):
        yield


@mutant
def who_is_asked_anew_stays_silent() -> Mutant:
    with instead(stock, "_say_again", lambda found, asked, now: None):
        yield


@mutant
def who_waits_does_not_ask_again() -> Mutant:
    with instead(model, "ask_again", lambda order, now, patience: None):
        yield


@mutant
def a_key_is_the_same_for_all_customers() -> Mutant:
    """In the mark and in the order's id at once: either alone is held by the other."""
    derived = clock.derived_id
    with instead(clock, "derived_id", lambda *parts: derived(parts[-1])), instead(doors, "mark", _unscoped):
        yield


def _unscoped(key: str | None, caller: str, fingerprint: str) -> str | None:
    return None if key is None else f"{clock.derived_id('', key)}/{fingerprint}"


@mutant
def a_key_is_good_for_any_body() -> Mutant:
    with instead(commands, "is_replay", lambda kept, asked: kept is not None and asked is not None):
        yield


@mutant
def a_key_is_not_looked_at() -> Mutant:
    with instead(doors, "mark", lambda key, caller, fingerprint: None):
        yield


@mutant
def who_asks_the_same_again_is_shown_what_came_of_it() -> Mutant:
    with instead(model, "as_placed", lambda order: order):
        yield


@mutant
def what_was_held_is_not_given_back() -> Mutant:
    moves = stock_store._moves
    with instead(stock_store, "_moves", lambda before, after: [] if before else moves(before, after)):
        yield


@mutant
def what_was_held_is_given_back_at_each_cancellation() -> Mutant:
    """A reservation that was released still counts as holding its lines."""
    moves = stock_store._moves

    def worse(before: Any, after: Any) -> Any:
        again = before is not None and after.status == "released"
        return moves(structs.replace(before, status="reserved") if again else before, after)

    with instead(stock_store, "_moves", worse):
        yield


@mutant
def a_transaction_is_one_write_after_the_other() -> Mutant:
    send = table.Table._send

    def worse(self: table.Table, requests: Any) -> None:
        for request in requests:
            send(self, [request])

    with instead(table.Table, "_send", worse):
        yield


@mutant
def a_write_that_met_another_is_let_go() -> Mutant:
    write = table.Table.write

    def worse(self: table.Table, *changes: writes.Write) -> None:
        try:
            write(self, *changes)
        except table.NotWritten:
            raise
        except Exception:
            return

    with instead(table.Table, "write", worse):
        yield


@mutant
def who_lost_a_race_is_told_that_it_won() -> Mutant:
    save = aggregates.Aggregates.save

    def worse(self: Any, state: Any, facts: Any = (), also: Any = ()) -> None:
        try:
            save(self, state, facts, also)
        except table.NotWritten as lost:
            if state.version == 1 or 0 not in lost.failed:
                raise

    with instead(aggregates.Aggregates, "save", worse):
        yield


@mutant
def an_answer_that_was_lost_is_taken_for_anothers_write() -> Mutant:
    with instead(table, "_is_ours", lambda writes, failed: False):
        yield


@mutant
def an_order_that_was_cancelled_is_confirmed_all_the_same() -> Mutant:
    confirm = model.confirm

    def worse(order: Any, now: Any) -> Any:
        waits = structs.replace(order, status="placed") if order.status == "cancelled" else order
        return confirm(waits, now)

    with instead(model, "confirm", worse):
        yield


@mutant
def orders_give_up_after_two_minutes() -> Mutant:
    soon = model.Patience(timedelta(minutes=1), timedelta(minutes=2))
    with instead(commands, "patience", lambda: soon), instead(reactions, "patience", lambda: soon):
        yield


@mutant
def a_cancelled_order_never_rests() -> Mutant:
    name = "emporium.products.StockReleased.v1"
    with instead(reactions.REACTIONS, name, lambda heard: None):
        yield


@mutant
def a_refusal_is_forgotten() -> Mutant:
    """An order that is refused is told so, and nothing is kept of it."""
    with instead(stock, "refuse", lambda found, *rest: None):
        yield


@mutant
def a_cancellation_gives_back_nothing_and_says_so() -> Mutant:
    def worse(heard: Any) -> None:
        return None

    with instead(stock_reactions.REACTIONS, "emporium.orders.OrderCancelled.v1", worse):
        yield


@mutant
def an_order_is_shown_to_whoever_asks() -> Mutant:
    with instead(commands, "may_touch", lambda who, owner: True):
        yield


@mutant
def an_order_has_the_price_that_the_client_saw_last_year() -> Mutant:
    price, old = model.price, model.Money(1000, "USD")

    def worse(wanted: Any, products: Mapping[str, Any]) -> Any:
        return price(wanted, {sku: structs.replace(each, price=old) for sku, each in products.items()})

    with instead(model, "price", worse):
        yield


@mutant
def a_deadline_tells_nobody() -> Mutant:
    cancel = model.cancel

    def worse(order: Any, reason: Any, now: Any, patience: Any) -> Any:
        decided = cancel(order, reason, now, patience)
        return (decided[0], ()) if decided and reason == "timed_out" else decided

    with instead(model, "cancel", worse):
        yield


@mutant
def keys_left_unprocessed_are_forgotten() -> Mutant:
    def worse(self: table.Table, keys: Any) -> Any:
        client = aws.client("dynamodb")
        request = {self.name: {"Keys": [table._key(key) for key in dict.fromkeys(keys)], "ConsistentRead": True}}
        got = client.batch_get_item(RequestItems=request)["Responses"].get(self.name, ())
        return {each["pk"]["S"]: items.read_item(each) for each in got}

    with instead(table.Table, "get_many", worse):
        yield


@mutant
def who_waits_is_looked_for_in_one_shard() -> Mutant:
    def worse(now: Any, at_most: int) -> Any:
        page = store.TABLE.page(store.WAITING, "0", at_most, up_to=clock.stamp(now))
        return [key.removeprefix(store.orders.key("")) for key in page.keys]

    with instead(store, "waiting", worse):
        yield


@mutant
def a_record_that_can_not_be_told_stops_its_shard() -> Mutant:
    def worse(record: Any, capability: str, known: Any) -> Any:
        image = record["dynamodb"].get("NewImage", {})
        sequence = record["dynamodb"]["SequenceNumber"]
        return [relay.entry_of(sequence, message) for message in messages.of_image(capability, image, known)]

    with instead(relay, "_entries", worse):
        yield


@mutant
def a_relay_sets_aside_what_only_failed_for_now() -> Mutant:
    failures = relay._failures

    def worse(entries: Any, capability: str) -> Iterator[str]:
        for failed in failures(entries, capability):
            for entry in entries:
                if entry.record == failed:
                    relay._park(capability, entry.body, "InternalError", failed)
        yield from ()

    with instead(relay, "_failures", worse):
        yield
