"""Schemathesis at length: `make fuzz`, or `python -m tests.fuzz --examples 300 --seed 7` to have that run again."""

import random
import signal
import sys
import tempfile
from pathlib import Path

import click

from infra.contracts.command import FOLDER
from tests.fuzz.running import open_shop, run


@click.command()
@click.option("--examples", type=click.IntRange(min=1), default=200, show_default=True, help="Of each operation.")
@click.option("--seed", type=int, help="Of a run that is to be repeated.")
def main(examples: int, seed: int | None) -> None:
    """Asks for all that the documents offer, as a customer and as staff; exits with 1 where a check does not hold."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the shop ends with whoever opened it
    chosen = random.randrange(1_000_000) if seed is None else seed
    again = f"make fuzz SEED={chosen} EXAMPLES={examples}"
    click.echo(f"to have this run again: {again}")
    failed = []
    with open_shop() as shop:
        for document in sorted((FOLDER / "openapi").glob("*.json")):
            for caller in ("ada", "staff"):
                click.echo(f"\n{document.stem}, as {caller}")
                with tempfile.TemporaryDirectory() as folder:
                    ended = run(shop, document, caller, Path(folder), "-n", str(examples), "--seed", str(chosen))
                click.echo(ended.stdout)
                failed += [f"{document.stem}, as {caller}"] if ended.returncode else []
    if failed:
        click.echo(f"did not hold: {'; '.join(failed)}. To have this run again: {again}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
