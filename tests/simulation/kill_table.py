"""What catches each deliberate fault, and each two: a seed, and faults on a path, as docs/reliability.md shows it.

    .venv/bin/python -m tests.simulation.kill_table --pairs --minutes 30

What was found for this commit stands in build/, and is not looked for again.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import click

from infra.apps_in_process import ROOT
from tests.simulation.many import processes
from tests.simulation.part import open_capabilities, put_in, seed_of_commit

BOUND = 200  # seeds that a fault has to be caught within
OF_PAIRS = 100
Names = tuple[str, ...]


@dataclass(frozen=True)
class Caught:
    """What first showed these deliberate faults: `seed` None where none did, `path` None where no single fault did."""

    names: Names
    seed: int | None
    rule: str | None
    path: str | None = None
    fault: str | None = None

    @property
    def row(self) -> str:
        """Its line of the page."""
        seed = "-" if self.seed is None else str(self.seed)
        depth = "-" if self.path is None else f"{1 if self.fault else 0}: {self.path}"
        return f"| {self.names[0]} | {seed} | {depth} | {self.rule} |"


def catch_one(name: str) -> Caught:
    """By the first seed, and on the first path, as it is or with one fault."""
    open_capabilities()
    with put_in([name]):
        seed, seen = next(_seeds(range(BOUND)), (None, None))
        path, fault, rule = next(_paths(), (None, None, None))
    return Caught((name,), seed, seen or rule, path, fault)


def catch_two(names: Names, alone: int) -> Caught:
    """By the seed that shows one of them alone; where they hide each other from it, by a path, or any other seed."""
    open_capabilities()
    with put_in(names):
        for seed, rule in _seeds([alone]):
            return Caught(names, seed, rule)
        for path, rule in _undisturbed():
            return Caught(names, None, rule, path)
        return Caught(names, *next(_seeds(range(OF_PAIRS)), (None, None)))


def _seeds(seeds: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Those that show something, with the rule."""
    from tests.simulation.run import run

    for seed in seeds:
        for broken in run(seed).violations[:1]:
            yield seed, broken.rule


def _paths() -> Iterator[tuple[str, str | None, str]]:
    """What is shown by the paths as they are, and then by those with a fault: path, fault and rule."""
    from tests.simulation.exhaustive import with_faults
    from tests.simulation.paths import PATHS

    for path, rule in _undisturbed():
        yield path, None, rule
    for path in PATHS:
        for place in range(len(with_faults(path).asked)):
            hit = with_faults(path, (place,))
            for broken in hit.outcome.violations[:1]:
                yield path, hit.happened[0], broken.rule


def _undisturbed() -> Iterator[tuple[str, str]]:
    """What is shown by the paths as they are: path and rule."""
    from tests.simulation.exhaustive import with_faults
    from tests.simulation.paths import PATHS

    for path in PATHS:
        for broken in with_faults(path).outcome.violations[:1]:
            yield path, broken.rule


def kept() -> Path:
    return ROOT / "build" / f"kills-{seed_of_commit():08x}.jsonl"


def known() -> dict[Names, Caught]:
    if not kept().exists():
        return {}
    read = (json.loads(line) for line in kept().read_text(encoding="utf-8").splitlines())
    return {tuple(each["names"]): Caught(**each | {"names": tuple(each["names"])}) for each in read}


def look_for(wanted: Mapping[Names, Callable[[], Caught]], jobs: int, until: float) -> dict[Names, Caught]:
    """Those that are known, and as many of the others as there is time for."""
    found = known()
    kept().parent.mkdir(exist_ok=True)
    with processes(jobs) as pool, kept().open("a") as file:
        for done in as_completed([pool.submit(look) for names, look in wanted.items() if names not in found]):
            found[done.result().names] = done.result()
            print(json.dumps(asdict(done.result())), file=file, flush=True)
            if time.monotonic() > until:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    return {names: found[names] for names in wanted if names in found}


@click.command()
@click.option("--pairs", is_flag=True, help="Each two as well.")
@click.option("--minutes", type=click.FloatRange(0), default=600.0, help="No more is begun after so long.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.")
def main(pairs: bool, minutes: float, jobs: int) -> None:
    """Prints the kill table; and how many pairs are caught, naming those that hide each other from a seed."""
    open_capabilities()
    from tests.simulation.mutants import MUTANTS

    until = time.monotonic() + 60 * minutes
    singles = look_for({(name,): partial(catch_one, name) for name in MUTANTS}, jobs, until)
    for each in singles.values():
        click.echo(each.row)
    if pairs:
        _pairs({name: each.seed for (name,), each in singles.items()}, jobs, until)


def _pairs(seeds: dict[str, int | None], jobs: int, until: float) -> None:
    """Those first of which one alone is shown by no seed."""
    names = sorted(seeds, key=lambda name: seeds[name] is not None)
    alone = {two: min((seed for name in two if (seed := seeds[name]) is not None), default=0) for two in _twos(names)}
    found = look_for({two: partial(catch_two, two, seed) for two, seed in alone.items()}, jobs, until)
    latest = max((each.seed for each in found.values() if each.seed is not None), default=0)
    lived = sum(each.rule is None for each in found.values())
    for two, each in found.items():
        if each.seed != alone[two]:
            click.echo(f"{' and '.join(two)}: {each.seed}, alone {[seeds[name] for name in two]}")
    click.echo(f"{len(found)} of {len(alone)} pairs, {lived} not caught, the latest at seed {latest}")


def _twos(names: list[str]) -> list[Names]:
    return list(combinations(names, 2))


if __name__ == "__main__":
    main()
