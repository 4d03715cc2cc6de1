"""The command that puts right what all others know, after a capability's table was restored."""

import sys
from collections import Counter

import click

from infra.deploy.commands.plainly import changing, plainly
from infra.operate.commands import options


@click.command()
@options.capability
@options.at_stage
@options.rate
@options.dry_run
@click.option("--yes", is_flag=True, help="Do not ask.")
def restored(capability: str, stage: str, cloud_url: str, rate: float, dry_run: bool, yes: bool) -> None:
    """Has everybody agree again after the table of CAPABILITY was restored from a backup.

    What the table has is raised above the versions that were told since, and told; orders and the stock that they hold
    are brought together; what was lost, and can not be put right, is named. May be run again, and is to be once all
    queues are empty. Exits with 1 where something is left to people. Reads whole tables.
    """
    with plainly():
        from infra.operate.pace import Pace
        from infra.operate.place import place
        from infra.operate.restoring import restore
        from infra.operate.restoring.table import Run

        there = place(stage, cloud_url).having("customers", "orders", "products")
        if not dry_run and not yes:  # of a table that was not restored, it would raise all versions for nothing
            options.confirm(capability, "raise every version that its table has: it was restored from a backup")
        counts, stay = Counter[str](), 0
        with changing(options.INTERRUPTED):
            for step in options.counted(restore(Run(there, capability, Pace(rate), dry_run)), "done"):
                counts[step.verb] += 1
                stay += step.stays
                if step.what:
                    click.echo(f"{step.verb}: {step.what}")
        done = ", ".join(f"{times} {verb}" for verb, times in sorted(counts.items())) or "nothing to do"
        click.echo(f"{capability} at {stage}{', if it were done' if dry_run else ''}: {done}")
        sys.exit(1 if stay else 0)
