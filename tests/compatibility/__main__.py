"""The last release and the code of now in as many lives as wanted: python -m tests.compatibility --seeds 100."""

import importlib
import itertools
import os
import random
import sys
import tempfile
from pathlib import Path

import click

from infra.apps_in_process import ROOT, load_apps


@click.command()
@click.option("--seeds", type=click.IntRange(min=1), default=20, show_default=True, help="How many lives.")
@click.option("--seed", type=click.IntRange(min=0), help="Of the first of them: by chance, if it is not given.")
@click.option(
    "--last", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A tree of the older sources."
)
def main(seeds: int, seed: int | None, last: Path | None) -> None:
    """Lets the last release and the code of now share lives of the shop; exits with 1 at the first that goes wrong."""
    load_apps()  # and with them the places where tests find their code
    importlib.import_module("tests.conftest")  # no AWS but this process's own
    first = random.randrange(1_000_000) if seed is None else seed
    with tempfile.TemporaryDirectory() as folder:
        problem = run(range(first, first + seeds), last, Path(folder))
    if problem:
        click.echo(problem, err=True)
        sys.exit(1)


def run(seeds: range, last: Path | None, folder: Path) -> str:
    """Tells of each life, which is lived either way round; gives what went wrong first, if anything."""
    mixed, rest, versions = (
        importlib.import_module(f"tests.compatibility.{name}") for name in ("mixed", "rest", "versions")
    )
    about = "before any life"
    try:
        older = last or versions.unpacked(folder)
        with versions.a_stage() as stage, stage.running("last", older) as old, stage.running("now", ROOT) as new:
            stage.tell_issuer(os.environ.__setitem__)
            for seed, mirrored in itertools.product(seeds, (False, True)):
                shop = mixed.open_mixed(stage, [old, new], seed, mirrored=mirrored)
                about = f"seed {seed}, {shop.manner.name}{', mirrored' if mirrored else ''}"
                ends = rest.live_through(shop)
                click.echo(f"{about}: {', '.join(f'{n} {end}' for end, n in sorted(ends.items()))}")
    except versions.WentWrong as wrong:
        return f"{about}: {wrong}"
    return ""


if __name__ == "__main__":
    main()
