"""Every fault on each way of an order, every two, every three: what chance may pass by, one after the other.

Each question whether a fault happens has a place; a run answers yes at some places, and no at all others. A run that
can not be told from another of its path, from its last fault on, goes on as that one does whatever comes next, and is
followed no further: it is the same world by another name, as of a function that crashed after a read, or before it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tests.simulation import paths
from tests.simulation.faults import CALLS, WAYS, Faults
from tests.simulation.part import Part, Task, broken
from tests.simulation.run import Outcome, run

TRIED = {*CALLS, *WAYS, "request given up while it is served", "answer lost on the way to the client"}
# What is refused is refused: where more than one fault happens, these are left out, being no other worlds than those.
TWINS = {"timed out, not done": "throttled", "transaction throttled": "transaction conflict"}
Plan = tuple[int | str, ...]  # places, or names: the third time that a kind is asked for is "crash after a call 3"


class Planned(Faults):
    """Says yes where it is planned, once it began; `asked` are the kinds, in their order, `happened` what did."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(0)
        self.plan, self.began = frozenset(plan), False
        self.asked, self.happened, self._times = list[str](), list[str](), Counter[str]()

    def begin(self) -> None:
        self.began = True

    def hits(self, kind: str, matters: bool = True) -> bool:
        if self.healed or not self.began or kind not in TRIED:
            return False
        self.asked.append(kind)
        self._times[kind] += 1
        name = f"{kind} {self._times[kind]}"
        if len(self.asked) - 1 not in self.plan and name not in self.plan:
            return False
        self.happened.append(name)
        self.chance.seed(name)  # what it draws hangs on this fault alone, not on those before it
        self.counted[kind] += 1
        return True


@dataclass(frozen=True)
class Run:
    """A path with faults: `happened` are their names, `asked` the kinds that were asked for after the last of them."""

    outcome: Outcome
    happened: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def world(self) -> tuple[object, ...]:
        """Equal for runs that nobody can tell from each other, from the last fault on."""
        seen = self.outcome
        return seen.trace, seen.seconds, seen.steps, seen.calls, self.asked

    def is_like(self, before: "Run") -> bool:
        """Whether the last fault changed nothing."""
        return self.world == replace(before, asked=before.asked[len(before.asked) - len(self.asked) :]).world

    def part(self, path: str) -> Part:
        """What came of it; where it broke a rule, with the line that has it again."""
        seen = self.outcome
        named = "".join(f' --fault "{name}"' for name in self.happened)
        lines = broken(f'.venv/bin/python -m tests.simulation --path "{path}"{named}', seen.violations)
        return Part(lines, seen.faults, seen.orders, seen.facts, seen.calls, 1)


def with_faults(path: str, plan: Iterable[int | str] = ()) -> Run:
    """That path, with the faults that are planned."""
    faults = Planned(tuple(plan))
    outcome = run(0, paths.of(path, faults.begin), faults)
    after = 1 + max((each for each in faults.plan if isinstance(each, int)), default=-1)
    return Run(outcome, tuple(faults.happened), tuple(faults.asked[after:]))


def firsts(path: str) -> tuple[Part, list[Task]]:
    """The path without a fault and with each one, and what is to be done to try each two."""
    clean = with_faults(path)
    whole, tasks = clean.part(path), list[Task]()
    for place, each, is_new in _next(path, (), clean):
        whole += each.part(path)
        if is_new and clean.asked[place] not in TWINS:
            tasks.append(Task(path, place))
    return whole, tasks


def below(path: str, plan: Plan, depth: int) -> Part:
    """All runs with up to so many more faults after those."""
    return _followed(path, plan, with_faults(path, plan), depth)


def _followed(path: str, plan: Plan, reached: Run, depth: int) -> Part:
    whole = Part()
    for place, each, is_new in _next(path, plan, reached):
        whole += each.part(path)
        if depth > 1 and is_new:
            whole += _followed(path, (*plan, place), each, depth - 1)
    return whole


def _next(path: str, plan: Plan, reached: Run) -> Iterator[tuple[int, Run, bool]]:
    """Each run with one more fault after all before, and whether it is a world of its own."""
    seen = set[int]()
    first = 1 + max((each for each in plan if isinstance(each, int)), default=-1)
    for place, kind in enumerate(reached.asked, first):
        if plan and kind in TWINS:
            continue
        each = with_faults(path, (*plan, place))
        world = hash(each.world)
        yield place, each, world not in seen and not each.is_like(reached)
        seen.add(world)
