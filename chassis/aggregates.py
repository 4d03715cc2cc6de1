"""One kind of aggregate in a table: load it, save its next version with the facts it tells, change it safely."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from chassis import clock, metrics
from chassis.refusals import Unavailable
from chassis.table import Index, NotWritten, Plain, Table
from chassis.writes import Save, Write

TRIES = 8  # of a change that another one overtakes; each loser has lost to somebody's progress
PAUSE = 0.005  # seconds, at most, before the second try; doubled each time


class State(Protocol):
    """What an aggregate's state tells of itself beyond its own fields."""

    @property
    def version(self) -> int: ...

    @property
    def id(self) -> str: ...


S = TypeVar("S", bound=State)
Facts = Sequence[type]
Decision = tuple[S, Facts]
Entries = Callable[[S], Mapping[str, str]]
Measures = Callable[[S, type], Mapping[str, float]]


class Listing(Struct, Generic[S], frozen=True):
    """A page of states, and the place after which the next one begins (None at the end)."""

    items: tuple[S, ...]
    after: dict[str, str] | None


def _no_entries(state: State) -> Mapping[str, str]:
    return {}


def _no_measures(state: State, fact: type) -> Mapping[str, float]:
    return {}


class Aggregates(Generic[S]):
    """All aggregates of one kind; `entries` gives the index attributes under which a state is found.

    `measures` gives what a saved state and a fact of it count as (chassis.metrics): here, where it happens once, and
    not where it is told, which may be again and again.
    """

    def __init__(
        self,
        table: Table,
        kind: str,
        holds: type[S],
        entries: Entries[S] = _no_entries,
        measures: Measures[S] = _no_measures,
    ) -> None:
        self.table, self.kind, self.holds, self.entries, self.measures = table, kind, holds, entries, measures

    def key(self, id: str) -> str:
        return f"{self.kind}#{id}"

    def read(self, item: Plain) -> S:
        return msgspec.convert(item, self.holds)

    def get(self, id: str) -> S | None:
        return self._found(self.table.get(self.key(id)))

    def among(self, found: Mapping[str, Plain], id: str) -> S | None:
        """The state of that id among items that were read together with others (Table.get_many)."""
        return self._found(found.get(self.key(id)))

    def saving(self, state: S, facts: Facts = ()) -> Save:
        """The write that saves the state, to be made together with others."""
        return Save(self.key(state.id), state, facts, self.entries(state))

    def save(self, state: S, facts: Facts = (), also: Iterable[Write] = ()) -> None:
        """Saves the next version, and all that belongs to it; raises NotWritten where a condition does not hold."""
        self.table.write(self.saving(state, facts), *also)
        for fact in facts:
            metrics.measure(self.measures(state, fact))

    def change(
        self,
        id: str,
        decide: Callable[[S | None], Decision[S] | None],
        also: Callable[[S | None, S], Iterable[Write]] = lambda before, after: (),
        *,
        known: S | UnsetType | None = UNSET,
    ) -> S | None:
        """Reads, decides, and saves what was decided, anew whenever another change came between.

        `decide` gives None where nothing is to change. Raises NotWritten when a write of `also` is what failed. What is
        `known` already (None: mostly nothing is there) is not read first: a write that fails brings what was there.
        """
        before = self.get(id) if known is UNSET else known
        for attempt in range(TRIES):
            decided = decide(before)
            if decided is None:
                return before
            after, facts = decided
            try:
                self.save(after, facts, also(before, after))
                return after
            except NotWritten as lost:
                if 0 not in lost.failed:
                    raise
                if known is not UNSET and attempt == 0:
                    before = self._found(lost.failed[0])
                    continue
            clock.pause(PAUSE * 2**attempt)
            before = self.get(id)
        raise Unavailable("Too many others change the same just now.")

    def _found(self, item: Plain | None) -> S | None:
        return None if item is None else self.read(item)

    def list(
        self,
        index: Index,
        value: str,
        limit: int,
        after: Mapping[str, str] | None = None,
        *,
        newest_first: bool = False,
    ) -> Listing[S]:
        """A page of those that stand under `value`; what left it since the index was written is not shown."""
        page = self.table.page(index, value, limit, after=after, backward=newest_first)
        found = self.table.get_many(page.keys)
        states = (self.read(found[key]) for key in page.keys if key in found)
        shown = tuple(state for state in states if self.entries(state).get(index.hash) == value)
        return Listing(shown, page.after)
