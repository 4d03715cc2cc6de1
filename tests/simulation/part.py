"""What one process does of many runs, and what was counted of them: seeds, or faults on a path, one after the other."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.apps_in_process import ROOT, app_folders

if TYPE_CHECKING:
    from tests.simulation.world import Violation

SHOWN = 600  # signs that are said of what was seen
NO_COMMIT = 20260101  # where there is no git, all seeds are the same ones


@dataclass(frozen=True)
class Part:
    """What came of some runs; `lines` has one for each that broke a rule, which repeats it."""

    lines: tuple[str, ...] = ()
    faults: Counter[str] = field(default_factory=Counter)
    orders: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    runs: int = 0

    def __add__(self, other: "Part") -> "Part":
        faults, orders = self.faults + other.faults, self.orders + other.orders
        lines, facts = self.lines + other.lines, self.facts + other.facts
        return Part(lines, faults, orders, facts, self.calls + other.calls, self.runs + other.runs)

    def __str__(self) -> str:
        orders, faults = sum(self.orders.values()), sum(self.faults.values())
        counted = f"{orders} orders, {self.calls} calls, {faults} faults of {len(self.faults)} kinds"
        return f"{counted}, {len(self.lines)} violations"


class NeverHappens(Exception):
    """A fault that was planned, at a place to which the run does not come."""


@dataclass(frozen=True)
class Task:
    """The runs of a path that have their first fault at that place."""

    path: str
    first: int


def seed_of_commit(folder: Path = ROOT) -> int:
    """The first seed of those that nobody has looked at yet: another with each commit, the same for all who have it."""
    asked = ["git", "rev-parse", "HEAD"]
    try:
        told = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return NO_COMMIT
    return int(told.stdout[:8], 16)


def broken(again: str, violations: "Sequence[Violation]") -> tuple[str, ...]:
    """The line that has a run again, and what it broke."""
    return tuple(f"{again}  # {first.rule}: {first.seen[:SHOWN]}" for first in violations[:1])


def run_seeds(seeds: Iterable[int], mutants: Sequence[str] = ()) -> Part:
    """Runs them one after the other, with these mutants in the product."""
    open_capabilities()
    from tests.simulation.run import run

    whole = Part()
    with put_in(mutants):
        for seed in seeds:
            seen = run(seed)
            lines = broken(_again(seed, mutants), seen.violations)
            whole += Part(lines, seen.faults, seen.orders, seen.facts, seen.calls, 1)
    return whole


def _again(seed: int, mutants: Sequence[str]) -> str:
    """The line that has a seed again, as it was."""
    if not mutants:
        return f"make simulate SEEDS=1 SEED_FROM={seed}"
    return f".venv/bin/python -m tests.simulation --seeds 1 --seed-from {seed}{_options(mutants)}"


def _options(mutants: Sequence[str]) -> str:
    return "".join(f' --mutant "{name}"' for name in mutants)


def _with(part: Part, mutants: Sequence[str]) -> Part:
    """What came of a path, with the mutants that were in the product in the lines that have it again."""
    return replace(part, lines=tuple(line.replace("  # ", f"{_options(mutants)}  # ", 1) for line in part.lines))


def run_singles(path: str, mutants: Sequence[str] = ()) -> tuple[Part, list[Task]]:
    """Each single fault on that path, and what is to be done to try each two."""
    open_capabilities()
    from tests.simulation.exhaustive import firsts

    with put_in(mutants):
        part, tasks = firsts(path)
    return _with(part, mutants), tasks


def run_task(task: Task, depth: int, mutants: Sequence[str] = ()) -> Part:
    """All with that first fault and up to depth - 1 more."""
    open_capabilities()
    from tests.simulation.exhaustive import below

    with put_in(mutants):
        return _with(below(task.path, (task.first,), depth - 1), mutants)


def run_plan(path: str, faults: Sequence[str], mutants: Sequence[str] = ()) -> Part:
    """That path once, with the faults of these names; raises NeverHappens for one that it does not come to."""
    open_capabilities()
    from tests.simulation.exhaustive import with_faults

    with put_in(mutants):
        seen = with_faults(path, faults)
    if never := [name for name in faults if name not in seen.happened and not seen.outcome.violations]:
        raise NeverHappens(f'"{never[0]}" never happens on the path "{path}"')
    return _with(seen.part(path), mutants)


def put_in(mutants: Sequence[str]) -> ExitStack:
    """Within, these deliberate faults are in the product."""
    from tests.simulation.mutants import MUTANTS

    stack = ExitStack()
    for name in mutants:
        stack.enter_context(MUTANTS[name]())
    return stack


def open_capabilities() -> None:
    """Lets a process that is no pytest import them, as pyproject.toml lets pytest."""
    sys.path += [str(folder) for folder in app_folders().values() if str(folder) not in sys.path]
