"""The command that looks whether a stage is well."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from infra.apps_in_process import app_folders
from infra.deploy.commands.plainly import plainly
from infra.operate.commands import options

if TYPE_CHECKING:
    from infra.operate.findings import Finding
    from infra.operate.place import Place


@dataclass(frozen=True)
class Check:
    """One thing to look at, as a sentence says it, and how."""

    what: str
    look: "Callable[[], Iterator[Finding]]"


@click.command()
@options.at_stage
@click.option("--sample", type=click.IntRange(0, 10_000), default=200, show_default=True, help="Copies to compare.")
@options.look_only
def doctor(stage: str, cloud_url: str, sample: int, dry_run: bool) -> None:
    """Looks for what is wrong with a stage: dead letters, orders that wait, copies that differ, alarms that ring.

    Changes nothing. Each finding names the page that says what to do. Exits with 0 where all is well, with 1 where
    something was found, with 2 where it could not look.
    """
    with plainly():
        from infra.apps_in_process import load_apps
        from infra.operate.place import place

        load_apps()
        there = place(stage, cloud_url).having(*app_folders())
        checks = list(_checks(there, sample))
        if dry_run:
            click.echo("\n".join(f"would look at {check.what}" for check in checks))
            return
        found = 0
        for finding in _findings(checks):
            found += 1
            click.echo(str(finding))
        if not there.aws:
            click.echo("not looked at: alarms, and how old queues and streams are, which AWS alone tells", err=True)
        what = options.number(found, "thing is", "things are") + " wrong" if found else "nothing is wrong"
        click.echo(f"{stage}: {what}")
        sys.exit(1 if found else 0)


def _findings(checks: list[Check]) -> "Iterator[Finding]":
    for check in checks:
        click.echo(f"looking at {check.what}", err=True)
        yield from check.look()


def _checks(place: "Place", sample: int) -> Iterator[Check]:
    from infra.operate import findings
    from infra.operate.drift import drifted

    for capability in sorted(app_folders()):
        yield Check(f"the dead letters of {capability}", partial(findings.set_aside, place, capability))
    yield Check("the orders that wait", partial(findings.stuck, place))
    if place.aws:
        yield Check("the alarms", partial(findings.ringing, place.aws, place.stage))
    if sample:
        yield Check(f"{sample} of each kind of copy", partial(drifted, place, sample))
