"""What catches each deliberate fault, and each two: a seed, and faults on a path; printed as docs/reliability.md shows.

    .venv/bin/python -m tests.simulation.kill_table --pairs --minutes 30

What was found for this commit stands in build/, and is not looked for again.
"""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import click

from infra.apps_in_process import ROOT
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


def catch(names: Names) -> Caught:
    """Looks for the first seed, and for a single fault the first path too, without a fault on it or with one."""
    open_capabilities()
    from tests.simulation.run import run

    with put_in(names):
        bound = BOUND if len(names) == 1 else OF_PAIRS
        seen = next(((seed, found[0].rule) for seed in range(bound) if (found := run(seed).violations)), (None, None))
        shown = next(_paths(), None) if len(names) == 1 else None
    path, fault, rule = shown or (None, None, None)
    return Caught(names, seen[0], seen[1] or rule, path, fault)


def _paths() -> Iterator[tuple[str, str | None, str]]:
    """What is shown by the paths as they are, and then by those with a fault: path, fault and rule."""
    from tests.simulation.exhaustive import with_faults
    from tests.simulation.paths import PATHS

    clean = {path: with_faults(path) for path in PATHS}
    for path, each in clean.items():
        if each.outcome.violations:
            yield path, None, each.outcome.violations[0].rule
    for path, each in clean.items():
        for place in range(len(each.asked)):
            hit = with_faults(path, (place,))
            if hit.outcome.violations:
                yield path, hit.happened[0], hit.outcome.violations[0].rule


def kept() -> Path:
    return ROOT / "build" / f"kills-{seed_of_commit():08x}.jsonl"


def known() -> dict[Names, Caught]:
    if not kept().exists():
        return {}
    read = (json.loads(line) for line in kept().read_text(encoding="utf-8").splitlines())
    return {tuple(each["names"]): Caught(**each | {"names": tuple(each["names"])}) for each in read}


def look_for(wanted: list[Names], jobs: int, until: float) -> dict[Names, Caught]:
    """Those that are known, and as many of the others as there is time for."""
    found = known()
    open = [names for names in wanted if names not in found]
    kept().parent.mkdir(exist_ok=True)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool, kept().open("a") as file:
        asked = [pool.submit(catch, names) for names in open]
        for done in as_completed(asked):
            if done.cancelled():
                continue
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
    """Prints the kill table, and of pairs those that nothing catches, or that hide each other."""
    open_capabilities()
    from tests.simulation.mutants import MUTANTS

    until = time.monotonic() + 60 * minutes
    singles = look_for([(name,) for name in MUTANTS], jobs, until)
    for each in singles.values():
        click.echo(each.row)
    if pairs:
        _say_pairs(singles, jobs, until)


def _say_pairs(singles: dict[Names, Caught], jobs: int, until: float) -> None:
    """Those first of which one alone is not caught."""
    names = sorted((name for (name,) in singles), key=lambda name: singles[name,].seed is not None)
    wanted: list[Names] = list(combinations(names, 2))
    found = look_for(wanted, jobs, until)
    lived = [each for each in found.values() if each.seed is None]
    later = [each for each in found.values() if each.seed is not None and each.seed > _earliest(singles, each)]
    latest = max((each.seed for each in found.values() if each.seed is not None), default=0)
    click.echo(f"{len(found)} of {len(wanted)} pairs, {len(lived)} not caught, the latest at seed {latest}")
    for each in (*lived, *later):
        seeds = [singles[name,].seed for name in each.names]
        click.echo(f"{' and '.join(each.names)}: {each.seed}, alone {seeds}")


def _earliest(singles: dict[Names, Caught], pair: Caught) -> int:
    return min((seed for name in pair.names if (seed := singles[name,].seed) is not None), default=BOUND)


if __name__ == "__main__":
    main()
