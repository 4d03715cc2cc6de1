"""Many seeds of the simulation, on all processors: `make simulate SEEDS=100000 SEED_FROM=0`."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import click

from tests.simulation.part import Part, run_pairs, run_part, singles

T = TypeVar("T")
AT_ONCE = 50  # seeds that a process is given at a time


@click.command()
@click.option("--seeds", type=click.IntRange(1), default=1000, help="How many.")
@click.option("--seed-from", type=click.IntRange(0), default=0, help="The first one; the same seed gives the same run.")
@click.option("--pairs", is_flag=True, help="No seeds, but every one and two faults on one order's way.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.")
@click.option("--kinds", is_flag=True, help="Say how often each kind of fault happened, and how orders ended.")
def main(seeds: int, seed_from: int, pairs: bool, jobs: int, kinds: bool) -> None:
    """Runs the shop through faults, and says of each seed that broke a rule how it is had again."""
    last = seed_from + seeds
    parts = [range(at, min(at + AT_ONCE, last)) for at in range(seed_from, last, AT_ONCE)]
    whole = Part()
    for part in _run(run_pairs, singles(), jobs) if pairs else _run(run_part, parts, jobs):
        whole += part
        for line in part.lines:
            click.echo(line)
    if kinds:
        for counted in (whole.faults, whole.orders, whole.facts):
            _say(counted)
    click.echo(f"{whole.runs} {'runs' if pairs else 'seeds'}, {whole}")
    sys.exit(1 if whole.lines else 0)


def _run(run: Callable[[T], Part], parts: Sequence[T], jobs: int) -> Iterator[Part]:
    if min(jobs, len(parts)) == 1:
        yield from map(run, parts)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(run, parts)


def _say(counted: Counter[str]) -> None:
    for name, times in sorted(counted.items()):
        click.echo(f"{times:>10} {name}")


if __name__ == "__main__":
    main()
