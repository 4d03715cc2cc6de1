"""Some seeds in one process, and what was counted of them."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.apps_in_process import app_folders

SHOWN = 600  # signs that are said of what was seen


@dataclass(frozen=True)
class Part:
    """What came of some seeds; `lines` has one for each that broke a rule, which repeats it."""

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


def run_part(seeds: Iterable[int]) -> Part:
    """Runs them one after the other."""
    _open_capabilities()
    from tests.simulation.run import run

    whole = Part()
    for seed in seeds:
        outcome = run(seed)
        lines = tuple(
            f"make simulate SEEDS=1 SEED_FROM={seed}  # {broken.rule}: {broken.seen[:SHOWN]}"
            for broken in outcome.violations[:1]
        )
        whole += Part(lines, outcome.faults, outcome.orders, outcome.facts, outcome.calls, 1)
    return whole


def run_pairs(first: int) -> Part:
    """The exhaustive runs that begin with that fault."""
    _open_capabilities()
    from tests.simulation.exhaustive import after

    return after(first)


def singles() -> list[int]:
    """The numbers of the faults that the exhaustive runs begin with."""
    _open_capabilities()
    from tests.simulation.exhaustive import with_faults

    return with_faults()[1]


def _open_capabilities() -> None:
    """Lets a process that is no pytest import them, as pyproject.toml lets pytest."""
    sys.path += [str(folder) for folder in app_folders().values() if str(folder) not in sys.path]
