"""Deliberate faults in what products answer to orders, and in how stock moves with it."""

from typing import Any

from msgspec import structs

from chalicelib.products import commands, model, store
from chassis import clock
from tests.simulation.deliberate import Mutant, instead, mutant


@mutant
def who_gives_back_tells_nobody() -> Mutant:
    release = model.release

    def worse(*asked: Any) -> Any:
        released = release(*asked)
        return released and (released[0], ())

    with instead(model, "release", worse):
        yield


@mutant
def a_tombstone_is_not_seen_by_its_order() -> Mutant:
    reserve = model.reserve

    def worse(found: Any, order: str, lines: Any, asked: int, now: Any) -> Any:
        if found is None or found.status != "released":
            return reserve(found, order, lines, asked, now)
        reserved = structs.replace(found, version=found.version + 1, status="reserved", lines=tuple(lines))
        return reserved, (model._ANSWERS["reserved"],)

    with instead(model, "reserve", worse):
        yield


@mutant
def a_refusal_does_not_stand() -> Mutant:
    """Who was refused and asks again gets what came in since."""
    reserve = model.reserve

    def worse(found: Any, order: str, lines: Any, asked: int, now: Any) -> Any:
        if found is None or found.status != "refused" or asked <= found.asked:
            return reserve(found, order, lines, asked, now)
        changed = {"status": "reserved", "lines": tuple(lines), "shortages": (), "asked": asked}
        return structs.replace(found, version=found.version + 1, **changed), (model._ANSWERS["reserved"],)

    with instead(model, "reserve", worse):
        yield


@mutant
def who_asks_the_same_question_is_answered_twice() -> Mutant:
    """A reservation is made anew by whoever asks, over the one that is there."""
    reserve = model.reserve

    def worse(found: Any, *asked: Any) -> Any:
        made = reserve(None, *asked)
        return (made and found and (structs.replace(made[0], version=found.version + 1), made[1])) or made

    with instead(model, "reserve", worse):
        yield


@mutant
def a_shortage_is_told_with_another_amount() -> Mutant:
    shortage = store._shortage

    def worse(move: Any, found: Any) -> Any:
        return structs.replace(shortage(move, found), available=-move.add["available"])

    with instead(store, "_shortage", worse):
        yield


@mutant
def some_of_an_order_is_reserved() -> Mutant:
    """The lines after the first are not held."""
    moves = store._moves
    with instead(store, "_moves", lambda before, after: list(moves(before, after))[:1]):
        yield


@mutant
def what_is_given_back_is_not_available() -> Mutant:
    moves = store._moves

    def worse(before: Any, after: Any) -> Any:
        made = list(moves(before, after))
        return [structs.replace(each, add={"reserved": each.add["reserved"]}) if before else each for each in made]

    with instead(store, "_moves", worse):
        yield


@mutant
def an_adjustment_is_made_each_time_that_it_is_asked_for() -> Mutant:
    """Its id is no longer made of its key."""

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            return getattr(clock, name)

        def derived_id(self, *parts: str) -> str:
            return clock.new_id(clock.now())

    with instead(commands, "clock", Forgetful()):
        yield


@mutant
def stock_is_adjusted_below_what_is_reserved() -> Mutant:
    adjust = model.adjust

    def worse(stock: Any, *rest: Any) -> Any:
        return adjust(structs.replace(stock, available=stock.on_hand), *rest)

    with instead(model, "adjust", worse):
        yield
