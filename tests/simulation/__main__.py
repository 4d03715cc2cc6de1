"""Many seeds of the simulation, or every fault on its paths: `make simulate SEEDS=100000 SEED_FROM=0`."""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click
from click.core import ParameterSource

from tests.simulation import many
from tests.simulation.part import NeverHappens, Part, open_capabilities, run_plan, seed_of_commit

open_capabilities()

from tests.simulation.exhaustive import TRIED  # noqa: E402  # what it imports was not open before
from tests.simulation.mutants import MUTANTS  # noqa: E402
from tests.simulation.paths import PATHS  # noqa: E402

Names = tuple[str, ...]


class Seed(click.IntRange):
    """A number, or `commit`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value != "commit" and not str(value).removeprefix("-").isdecimal():
            self.fail(f"{value!r} is neither a number nor 'commit'", param, ctx)
        return seed_of_commit() if value == "commit" else int(super().convert(value, param, ctx))


class Fault(click.ParamType[str]):
    """A kind, and which time that it is asked for: `crash after a call 3`."""

    name = '"kind number"'

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        kind, _, number = value.rpartition(" ")
        if kind not in TRIED or not number.isdecimal() or int(number) < 1:
            self.fail(f"{value!r} is no kind with a number, like 'crash after a call 3'", param, ctx)
        return value


class Name(click.ParamType[str]):
    """One of these; what is none is answered with all that there are."""

    name = "name"

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.names:
            self.fail("\n".join([f"{value!r} is none of", *self.names]), param, ctx)
        return value


@click.command()
@click.option("--seeds", type=click.IntRange(1), default=1000, help="How many.")
@click.option("--seed-from", type=Seed(0), default=0, help="The first: the same seed is the same run. Or: commit.")
@click.option("--depth", type=click.IntRange(1), help="No seeds, but all that so many faults can do on each path.")
@click.option("--path", "paths", multiple=True, type=Name(PATHS), help="On this path alone; may be given again.")
@click.option(
    "--fault", "faults", multiple=True, type=Fault(), help="One run of one path, with this fault; may be given again."
)
@click.option("--mutant", "mutants", multiple=True, type=Name(MUTANTS), help="With this deliberate fault put in.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes.")
@click.option("--kinds", is_flag=True, help="Say how often each kind of fault happened, and how orders ended.")
def main(
    seeds: int, seed_from: int, depth: int | None, paths: Names, faults: Names, mutants: Names, jobs: int, kinds: bool
) -> None:
    """Runs the shop through faults, and says of each run that broke a rule how it is had again."""
    if faults and (depth or not paths):
        raise click.UsageError("--fault wants the --path on which it happens, and no --depth.")
    if (depth or paths) and (_is_given("seeds") or _is_given("seed_from")):
        raise click.UsageError("--seeds and --seed-from are of chance: a --path, and --depth, have none.")
    if depth:
        told = f"runs at depth {depth} of {len(paths or PATHS)} paths"
        whole = many.follow(paths or tuple(PATHS), depth, mutants, jobs)
    elif paths:
        told, whole = "runs", _once(paths, faults, mutants)
    else:
        told, whole = "seeds", many.play(seeds, seed_from, mutants, jobs)
    for counted in (whole.faults, whole.orders, whole.facts) if kinds else ():
        _say(counted)
    click.echo(f"{whole.runs} {told}, {whole}")
    sys.exit(1 if whole.lines else 0)


def _is_given(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT


def _once(paths: Names, faults: Names, mutants: Names) -> Part:
    try:
        whole = sum((run_plan(path, faults, mutants) for path in paths), Part())
    except NeverHappens as never:
        raise click.BadParameter(str(never), param_hint="--fault") from None
    for line in whole.lines:
        click.echo(line)
    return whole


def _say(counted: Counter[str]) -> None:
    for name, times in sorted(counted.items()):
        click.echo(f"{times:>10} {name}")


if __name__ == "__main__":
    main()
