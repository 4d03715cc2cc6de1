"""Which calls of which lives go wrong, and in which ways."""

import itertools
from collections.abc import Callable, Iterator

from tests.injected.injector import INSIDE, OUTSIDE
from tests.injected.lives import KEYLESS, LIVES
from tests.injected.run import Outcome, Stage

READS = ("GetItem", "BatchGetItem", "Query")
Undisturbed = Callable[[str], Outcome]


def outside(undisturbed: Undisturbed, name: str) -> list[int]:
    """All writes of a life, but for a beginning that it has in common with others, and the first read of each place."""
    clean, new = undisturbed(name), inside(undisturbed, name)
    own = enumerate(clean.calls[clean.first :], clean.first)
    return [number for number, call in own if call.operation not in READS or number in new]


def inside(undisturbed: Undisturbed, name: str) -> list[int]:
    """The first call of each place, since the SDK sends all of them again alike; of an order without key, each."""
    clean = undisturbed(name)
    if name == KEYLESS:
        return list(range(clean.first, len(clean.calls)))
    before = itertools.takewhile(lambda each: each != name, LIVES)
    been = {call for each in before for call in undisturbed(each).calls}
    return [number for number, call in enumerate(clean.calls) if call not in been and call not in clean.calls[:number]]


def wrong(stage: Stage, undisturbed: Undisturbed, name: str, kind: str) -> Iterator[str]:
    """What is not as it has to be, of all lives of that name in which one call goes wrong in that way."""
    clean = undisturbed(name)
    for number in (outside if kind in OUTSIDE else inside)(undisturbed, name):
        disturbed = stage.live(name, {number: kind})
        said = f"{clean.calls[number]}, {kind}, call {number} of {name!r}"
        yield from (f"{said}: {each}" for each in _against(clean, disturbed, number, kind))


def _against(clean: Outcome, disturbed: Outcome, number: int, kind: str) -> Iterator[str]:
    """The rules first; then all is to be as it would have been, for whoever asked and in the tables."""
    yield from (f"{broken.rule}: {broken.seen[:600]}" for broken in disturbed.violations[:1])
    if disturbed.calls[: number + 1] != clean.calls[: number + 1]:
        yield "other calls came before"
    elif kind in INSIDE and disturbed.attempts[number] != 2:
        yield f"the SDK sent it {disturbed.attempts[number]} times"
    elif kind in INSIDE and len(disturbed.calls) < len(clean.calls):
        yield "calls are missing"
    if disturbed.answers != clean.answers:
        yield f"answered {disturbed.answers}, and not {clean.answers}"
    if disturbed.ends != clean.ends:
        yield f"ended with {disturbed.ends}, and not {clean.ends}"
