"""Deliberate faults in what becomes of people: their sessions, their end, and what is counted of them."""

import sys
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from chalicelib.customers import commands, model
from chalicelib.customers import store as people
from chalicelib.orders import model as orders
from chalicelib.orders import store as kept
from chassis import authorizer, clock
from chassis.writes import Copy
from infra.operate.restoring import table as restored_table
from tests.simulation.deliberate import Mutant, instead, mutant


@mutant
def a_token_of_the_second_of_a_sign_out_is_good() -> Mutant:
    identify = authorizer.identify

    def worse(authorization: str, signed_out: Any) -> Any:
        return identify(authorization, lambda id: (at := signed_out(id)) and at - timedelta(seconds=1))

    with instead(authorizer, "identify", worse):
        yield


@mutant
def a_sign_out_by_a_slow_clock_takes_back_the_one_before() -> Mutant:
    sign_out = model.sign_out

    def worse(before: Any, id: str, now: datetime) -> Any:
        return sign_out(before and structs.replace(before, signed_out_at=now), id, now)

    with instead(model, "sign_out", worse):
        yield


@mutant
def a_deactivation_is_not_for_good() -> Mutant:
    """A customer's copy has whatever was told at the highest version."""

    def worse(customer: orders.Customer) -> None:
        kept._keep(Copy(f"customer#{customer.id}", customer))

    with instead(kept, "keep_customer", worse):
        yield


@mutant
def who_is_deactivated_keeps_the_tokens() -> Mutant:
    with _no_end_of_tokens("deactivate_customer"):
        yield


@mutant
def who_is_erased_keeps_the_tokens() -> Mutant:
    with _no_end_of_tokens("erase_customer"):
        yield


def _no_end_of_tokens(command: str) -> Any:
    """Told by who calls it: what is put in for the length of a call, others that run meanwhile would have, too."""
    end = commands._end_tokens

    def worse(id: str) -> datetime:
        return clock.now() if sys._getframe(1).f_code.co_name == command else end(id)

    return instead(commands, "_end_tokens", worse)


@mutant
def an_erasure_that_was_cut_off_is_not_completed() -> Mutant:
    """Whoever asks again hears that there is nobody."""

    def worse(id: str, match: Any, by: Any) -> None:
        wanted = commands._theirs(id, by)
        people.customers.change(
            wanted, lambda found: model.erase(commands._matching(wanted, found, match), clock.now())
        )
        commands._end_tokens(wanted)

    with instead(commands, "erase_customer", worse):
        yield


@mutant
def what_is_counted_of_an_erased_customer_begins_anew() -> Mutant:
    forget = orders.forget

    def worse(*asked: Any) -> Any:
        decided = forget(*asked)
        return decided and structs.replace(decided, closed=False)

    with instead(orders, "forget", worse):
        yield


@mutant
def an_order_that_was_under_way_is_counted_after_the_erasure() -> Mutant:
    take_place = orders.take_place

    def worse(allowance: Any, *asked: Any) -> Any:
        return take_place(allowance and structs.replace(allowance, closed=False), *asked)

    with instead(orders, "take_place", worse):
        yield


@mutant
def a_restore_leaves_copies_of_what_is_not_there() -> Mutant:
    with instead(restored_table, "_look_after", lambda *asked: iter(())):
        yield
