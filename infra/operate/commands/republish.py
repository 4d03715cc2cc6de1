"""The commands that have a capability tell again what holds: all of it, or what changed since some time."""

import sys
from collections.abc import Mapping
from typing import Any

import click

from infra.deploy.commands.plainly import changing, plainly
from infra.operate.commands import options

_INTERRUPTED = "interrupted: what was told is told; run the command again to go on, telling twice does no harm"


def _equalities(context: Any, parameter: Any, given: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := next((each for each, pair in zip(given, pairs, strict=True) if not pair[0] or not pair[1]), None):
        raise click.BadParameter(f"{wrong!r} is to be FIELD=VALUE, for example status=placed")
    return {name: value for name, _, value in pairs}


_kind = click.option("--kind", default="", help="Only of this kind: order, product, reservation, customer ...")
_where = click.option(
    "--where", multiple=True, metavar="FIELD=VALUE", callback=_equalities, help="Only what has this value there."
)


@click.command()
@options.capability
@options.at_stage
@_kind
@_where
@options.rate
@options.dry_run
def republish(
    capability: str, stage: str, cloud_url: str, kind: str, where: Mapping[str, str], rate: float, dry_run: bool
) -> None:
    """Tells everybody again what holds by now of all that CAPABILITY keeps.

    Whoever knows it already does nothing, so it may be done at any time and any number of times: nothing is written,
    and each fact has the id it had. Whoever lost it, or never had it, is healed. Reads the whole table.
    """
    from infra.operate.facts import Wanted

    _tell(capability, stage, cloud_url, Wanted(kind, where), rate, dry_run)


@click.command()
@options.capability
@options.at_stage
@click.option(
    "--from", "since", callback=options.moment, required=True, help="A time (2026-03-01T12:00Z), or 30m, 2h, 1d."
)
@_kind
@options.rate
@options.dry_run
def replay(capability: str, stage: str, cloud_url: str, since: Any, kind: str, rate: float, dry_run: bool) -> None:
    """Tells everybody again what holds by now of all that changed in CAPABILITY since a time.

    What changed twice tells its last state, which is all that anybody keeps. Else as `republish`.
    """
    from infra.operate.facts import Wanted

    _tell(capability, stage, cloud_url, Wanted(kind, changed=((since, None),)), rate, dry_run)


def _tell(capability: str, stage: str, cloud_url: str, wanted: Any, rate: float, dry_run: bool) -> None:
    with plainly():
        from infra.operate.facts import facts_of, find
        from infra.operate.pace import Pace
        from infra.operate.place import place
        from infra.operate.telling import tell

        there = place(stage, cloud_url).having(capability)
        items, told, failed = 0, 0, 0
        found = find(there, capability, wanted)
        told_now = tell(there, capability, found, facts_of(capability), Pace(rate), dry_run=dry_run)
        with changing(_INTERRUPTED):
            for each in options.counted(told_now, "told"):
                items += 1
                told += len(each.facts)
                if each.cause:
                    failed += 1
                    click.echo(f"{each.key} could not be told: {each.cause}")
                elif dry_run:
                    click.echo("\n".join(f"{id}  {type}" for id, type in each.facts))
        verb = "would be told" if dry_run else "told"
        untold = f"; {failed} could not be" if failed else ""
        click.echo(
            f"{capability} at {stage}: {options.number(told, 'fact')} of {options.number(items - failed, 'item')} "
            f"{verb}{untold}"
        )
        if failed:
            sys.exit(1)
