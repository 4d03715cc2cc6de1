"""Many runs on all processors; what breaks a rule is said as soon as it is seen, and how far one is, on the way."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import Any

import click

from tests.simulation.part import Part, run_seeds, run_singles, run_task

AT_ONCE = 50  # seeds that a process is given at a time
LINES = 4  # that tell how far a path is
TOLD = 20  # times that many seeds tell how far they are


def play(seeds: int, seed_from: int, mutants: Sequence[str], jobs: int) -> Part:
    """So many seeds."""
    last = seed_from + seeds
    parts = [range(at, min(at + AT_ONCE, last)) for at in range(seed_from, last, AT_ONCE)]
    with _processes(min(jobs, len(parts))) as each:
        return _sum(_told(each(partial(run_seeds, mutants=mutants), parts), len(parts)))


def _told(parts: Iterator[Part], size: int) -> Iterator[Part]:
    """The parts as they come; of many, each twentieth tells how far it is."""
    seeds = 0
    for number, part in enumerate(parts, 1):
        seeds += part.runs
        if size > TOLD and number % (size // TOLD) == 0:
            click.echo(f"{seeds:,} seeds so far", err=True)
        yield part


def follow(paths: Sequence[str], depth: int, mutants: Sequence[str], jobs: int) -> Part:
    """Every fault on each of the paths, and every so many of them."""
    whole = Part()
    with _processes(jobs) as each:
        singles = list(each(partial(run_singles, mutants=mutants), paths))
        tasks = [task for _, own in singles for task in own] if depth > 1 else []
        deeper: Iterator[Part] = each(partial(run_task, depth=depth, mutants=mutants), tasks)
        for path, (part, own) in zip(paths, singles, strict=True):
            whole += _sum([part]) + _path(path, part.runs, islice(deeper, len(own) if depth > 1 else 0), len(own))
    return whole


def _path(path: str, runs: int, deeper: Iterator[Part], size: int) -> Part:
    whole = Part()
    for number, part in enumerate(deeper, 1):
        whole += _sum([part])
        if number % max(1, size // LINES) == 0 and number < size:
            click.echo(f"{path}: {number} of {size} first faults, {runs + whole.runs:,} runs", err=True)
    click.echo(f"{path}: {runs + whole.runs:,} runs", err=True)
    return whole


def _sum(parts: Any) -> Part:
    """All of them together; says at once what broke a rule."""
    whole = Part()
    for part in parts:
        whole += part
        for line in part.lines:
            click.echo(line)
    return whole


@contextmanager
def _processes(jobs: int) -> Iterator[Any]:
    """A map over so many processes; over none where one would do."""
    if jobs == 1:
        yield map
        return
    with processes(jobs) as pool:
        yield pool.map


@contextmanager
def processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end at once by Ctrl-C, as whoever waits for them does, and begin nothing more."""
    ended = signal.signal, (signal.SIGINT, signal.SIG_DFL)
    with ProcessPoolExecutor(jobs, get_context("spawn"), *ended) as pool:
        try:
            yield pool
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
