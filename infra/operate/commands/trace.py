"""The command that tells everything that happened to an order."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.deploy.commands.plainly import plainly
from infra.operate.commands import options

if TYPE_CHECKING:
    from infra.operate.place import Place


@click.command()
@click.argument("order", metavar="ORDER_ID")
@options.at_stage
@click.option(
    "--since", callback=options.moment, default="30d", show_default=True, help="How far back to ask the logs."
)
@options.log
@options.look_only
def trace(order: str, stage: str, cloud_url: str, since: Any, log: Path | None, dry_run: bool) -> None:
    """Tells everything that happened to an order, in its order: what was saved, told, heard and refused, and where.

    From what capabilities keep of it and the logs of all functions; of the local cloud, from its streams and --log.
    Changes nothing.
    """
    with plainly():
        from infra.deploy.errors import Unusable
        from infra.operate import trace as of
        from infra.operate.place import place

        there = place(stage, cloud_url).having(*(name for name, _ in of.KEPT))
        find = options.lines_of(there, log, since)
        if dry_run:
            click.echo("\n".join(f"would look at {each}" for each in _sources(there, order, since, log)))
            return
        kept = of.now_kept(there, order)
        if not kept:
            raise Unusable(f"there is no order {order} at the stage {stage}")
        for step in of.happened(there, order, find):
            click.echo(str(step))
        click.echo(f"{order} at {stage}: {of.standing(kept)}")


def _sources(place: "Place", order: str, since: Any, log: Path | None) -> "Iterator[str]":
    from infra.operate.trace import KEPT

    for name, kind in KEPT:
        yield f"{kind}#{order} of {place.table(name)}" + (", and all of its stream" if place.streams else "")
    if log or place.aws:
        yield str(log) if log else f"the log groups /emporium/{place.stage}/ since {since:%Y-%m-%dT%H:%MZ}"
