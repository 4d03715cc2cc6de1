"""The command that tells everything that happened to an order."""

from pathlib import Path
from typing import Any

import click

from infra.deploy.commands.plainly import plainly
from infra.operate.commands import options


@click.command()
@click.argument("order", metavar="ORDER_ID")
@options.at_stage
@click.option(
    "--since", callback=options.moment, default="30d", show_default=True, help="How far back to ask the logs."
)
@options.log
def trace(order: str, stage: str, cloud_url: str, since: Any, log: Path | None) -> None:
    """Tells everything that happened to an order, in its order: what was saved, told, heard and refused, and where.

    From what capabilities keep of it and the logs of all functions; of the local cloud, from its streams and --log.
    Changes nothing.
    """
    with plainly():
        from infra.deploy.errors import Unusable
        from infra.operate import trace as of
        from infra.operate.place import place

        there = place(stage, cloud_url).having(*(name for name, _ in of.KEPT))
        kept = of.now_kept(there, order)
        if not kept:
            raise Unusable(f"there is no order {order} at the stage {stage}")
        for step in of.happened(there, order, options.lines_of(there, log, since)):
            click.echo(str(step))
        click.echo(f"{order} at {stage}: {of.standing(kept)}")
