"""Deliberate faults in what keeps orders safe through releases, restores, sign-outs, erasures and lost facts."""

from datetime import timedelta
from typing import Any

from msgspec import structs

from chalicelib.customers import model as people
from chalicelib.customers import store as people_store
from chalicelib.orders import model, reactions
from chassis import aws, clock, relay, sign_outs, table, telling
from infra.operate import redrive
from infra.operate.restoring import agreement
from infra.operate.restoring import stock as restored_stock
from infra.operate.restoring import table as restored_table
from tests.simulation.deliberate import Mutant, instead, mutant


@mutant
def a_release_makes_another_id_of_a_key() -> Mutant:
    """Its own keys are in order; those that the release before it was given are not known to it."""
    derived_id = clock.derived_id
    with instead(clock, "derived_id", lambda *parts: derived_id("anew", *parts)):
        yield


@mutant
def an_erasure_leaves_the_email() -> Mutant:
    erase = people.erase

    def worse(customer: Any, now: Any) -> Any:
        decided = erase(customer, now)
        return (structs.replace(decided[0], email=customer.email), decided[1]) if decided else None

    with instead(people, "erase", worse):
        yield


@mutant
def an_erasure_is_told_nobody() -> Mutant:
    erase = people.erase

    def worse(customer: Any, now: Any) -> Any:
        decided = erase(customer, now)
        return (decided[0], ()) if decided else None

    with instead(people, "erase", worse):
        yield


@mutant
def an_erased_customer_comes_back_with_the_account() -> Mutant:
    """Whoever asks to be a customer is one, whatever stands there."""

    def worse(customer: Any, facts: Any) -> None:
        found = people_store.customers.get(customer.id)
        if found is None or found.erased_at:
            version = found.version + 1 if found else 1
            people_store.customers.save(structs.replace(customer, version=version), facts)

    with instead(people_store, "register", worse):
        yield


@mutant
def what_was_counted_of_an_erased_customer_is_kept() -> Mutant:
    with instead(reactions.REACTIONS, "emporium.customers.CustomerErased.v1", reactions.when_customer_changed):
        yield


@mutant
def a_restore_does_not_raise_versions() -> Mutant:
    with instead(restored_table, "raised", lambda item, copies, above, now: item):
        yield


@mutant
def a_restore_does_not_ask_for_stock_again() -> Mutant:
    lacking = agreement.lacking

    def worse(order: Any, answer: Any) -> Any:
        need = lacking(order, answer)
        return None if order["status"] == "confirmed" else need

    with instead(restored_stock, "lacking", worse):
        yield


@mutant
def a_restore_does_not_release_what_nobody_ordered() -> Mutant:
    with instead(restored_stock, "_without_order", lambda run: iter(())):
        yield


@mutant
def a_cancellation_that_a_restore_undid_is_not_made_again() -> Mutant:
    rest = model.rest

    def worse(order: Any, now: Any, patience: Any) -> Any:
        return rest(order, now, patience) if order.status == "cancelled" else None

    with instead(model, "rest", worse):
        yield


@mutant
def a_restore_forgets_who_was_cancelled_since() -> Mutant:
    lacking = agreement.lacking

    def worse(order: Any, answer: Any) -> Any:
        need = lacking(order, answer)
        return None if need == "release" else need

    with instead(restored_stock, "lacking", worse):
        yield


@mutant
def letters_are_deleted_before_they_are_sent_again() -> Mutant:
    """By the operators' tool, which may be gone in between."""
    send = redrive._send

    def worse(box: Any, inbox: str, letters: Any, pace: Any) -> Any:
        box.delete(letters)
        return send(box, inbox, letters, pace)

    with instead(redrive, "_send", worse):
        yield


@mutant
def a_fact_that_is_too_long_is_sent_all_the_same() -> Mutant:
    def worse(record: str, message: Any) -> relay.Entry:
        return relay.Entry(record, message.id, message.type, message.traceparent, relay._json(message))

    with instead(relay, "entry_of", worse):
        yield


@mutant
def a_token_is_good_after_its_bearer_signed_out() -> Mutant:
    with instead(sign_outs.SignOuts, "last", lambda self, id: None):
        yield


@mutant
def what_was_read_of_a_sign_out_is_good_for_an_hour() -> Mutant:
    with instead(sign_outs, "GOOD_FOR", timedelta(hours=1)):
        yield


@mutant
def nothing_is_told_again() -> Mutant:
    with instead(telling, "entries", lambda id, saved_at: {}):
        yield


@mutant
def what_is_told_again_is_told_once_only() -> Mutant:
    with instead(telling, "_next", lambda place: ""):
        yield


@mutant
def touching_goes_over_a_save_that_came_between() -> Mutant:
    """The whole item is read, and written back as it was read."""

    def worse(of: table.Table, key: str, place: str) -> None:
        client = aws.client("dynamodb")
        item = client.get_item(TableName=of.name, Key=table._key(key))["Item"]
        item = {name: value for name, value in item.items() if name != "tell_at"}
        then = {"tell_at": {"S": told}} if (told := telling._next(place)) else {}
        client.put_item(TableName=of.name, Item=item | then)

    with instead(telling, "_tell", worse):
        yield
