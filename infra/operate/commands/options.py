"""What the operators' commands have in common: the options, how they end, and how they tell of their progress."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from infra.apps_in_process import app_folders

if TYPE_CHECKING:
    from datetime import datetime

    from infra.operate.lines import Find
    from infra.operate.place import Place

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
STEP = 100  # things, between two words of progress
INTERRUPTED = "interrupted: what was not done is as it was; run the command again to go on"


def moment(context: Any, parameter: Any, value: str) -> "datetime":
    """A moment: 2026-03-01T12:00Z, or so long ago: 90s, 30m, 2h, 1d."""
    from datetime import UTC, datetime, timedelta

    from chassis import clock

    if met := re.fullmatch(r"([0-9]{1,6})([smhd])", value):
        seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[met[2]]
        return clock.now() - timedelta(seconds=int(met[1]) * seconds)
    try:
        told = datetime.fromisoformat(value)
    except ValueError:
        wrong = f"{value!r} is neither a time (2026-03-01T12:00Z) nor so long ago (30m, 2h, 1d)"
        raise click.BadParameter(wrong) from None
    if told.tzinfo is None:
        raise click.BadParameter(f"{value!r} names no zone: {value}Z is UTC")
    return told.astimezone(UTC)


capability = click.argument("capability", type=click.Choice(sorted(app_folders())), metavar="CAPABILITY")
dry_run = click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
look_only = click.option("--dry-run", is_flag=True, help="Tell what would be looked at, and look at nothing.")
rate = click.option(
    "--rate", type=click.FloatRange(0.1, 1000), default=20.0, show_default=True, help="So many a second at most."
)
log = click.option(
    "--log",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where what the functions said is kept, instead of CloudWatch: `emporium up --verbose > FILE`.",
)


def at_stage(command: F) -> F:
    """The options that say where: --stage, and for the stage local --cloud-url."""
    url = click.option(
        "--cloud-url",
        default="http://127.0.0.1:4566",
        show_default=True,
        metavar="URL",
        help="Of the cloud of `emporium up`, for the stage local.",
    )
    stage = click.option("--stage", required=True, metavar="STAGE", help="One of infra/stages.toml, or local.")
    return stage(url(command))


def lines_of(place: "Place", file: Path | None, since: Any) -> "Find | None":
    """Where to look for what functions told; None for a local cloud without a file."""
    from infra.operate.lines import in_cloudwatch, in_file

    if file:
        return in_file(file)
    return in_cloudwatch(place.aws, place.stage, since) if place.aws else None


def counted(things: Iterable[T], what: str) -> Iterator[T]:
    """The things as they come; each hundredth is told on stderr."""
    for number, thing in enumerate(things, 1):
        yield thing
        if number % STEP == 0:
            click.echo(f"{number} {what} so far", err=True)


def number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


def confirm(capability: str, what: str, ask: Callable[..., Any] = click.prompt) -> None:
    """Goes on where the name of the capability is typed; raises Unusable."""
    from infra.deploy.errors import Unusable

    try:
        typed = str(ask(f"Type {capability} to {what}", default="", show_default=False, err=True)).strip()
    except click.Abort:
        raise Unusable("nothing was typed, so nothing was done; --yes does not ask") from None
    if typed != capability:
        raise Unusable("that was not it: nothing was done")
