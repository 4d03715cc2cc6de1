"""The command that writes the contracts, or says which of them the code has left behind."""

import sys
from pathlib import Path

import click

from infra.apps_in_process import ROOT

FOLDER = ROOT / "contracts"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 and name the files that differ.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, help="Where the files are.")
def contracts(check: bool, folder: Path) -> None:
    """Writes contracts/ from the code: event schemas, OpenAPI, AsyncAPI.

    A change that would break a reader of an event is refused: publish it as a new version of the event instead.
    """
    from infra.contracts.documents import broken_promises, differences, documents, write

    made = documents()
    if broken := broken_promises(made, folder):
        click.echo("\n".join(broken), err=True)
        click.echo("Others may read these events: publish the change as a new version of the event (v2).", err=True)
        click.echo("If nobody ever has, take the file back (git checkout contracts) or delete it first.", err=True)
        sys.exit(1)
    differing = differences(made, folder)
    if not check:
        write(made, folder)
    for path in differing:
        click.echo(f"{folder / path} {'differs from the code' if check else 'written'}", err=check)
    if check and differing:
        click.echo("Run: emporium contracts", err=True)
        sys.exit(1)
