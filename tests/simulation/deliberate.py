"""How a deliberate fault is put into the product, and taken out again: something worse in the place of one part."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Mutant = Iterator[None]
MUTANTS: dict[str, Callable[[], Any]] = {}


def mutant(make: Callable[[], Mutant]) -> Callable[[], Mutant]:
    """Lists it by its name, as a sentence."""
    MUTANTS[make.__name__.replace("_", " ")] = contextmanager(make)
    return make


@contextmanager
def instead(owner: Any, name: str, worse: Any) -> Iterator[None]:
    """Within, `owner.name` is the worse one; for an entry of a mapping too."""
    is_map = isinstance(owner, dict)
    before = owner[name] if is_map else owner.__dict__[name]
    put = owner.__setitem__ if is_map else lambda name, value: setattr(owner, name, value)
    put(name, worse)
    try:
        yield
    finally:
        put(name, before)


def unconditional(kind: Any) -> Any:
    """The writes of a kind without their condition."""
    request = kind.request

    def bare(self: Any) -> Any:
        [(verb, made)] = request(self).items()
        of_puts = {"ExpressionAttributeNames", "ExpressionAttributeValues"}
        needless = {"ConditionExpression"} | (of_puts if verb == "Put" else set())
        return {verb: {name: value for name, value in made.items() if name not in needless}}

    return bare
