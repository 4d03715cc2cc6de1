"""The commands for what was set aside: dead letters of a capability's inbox and of its relay."""

import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.deploy.commands.plainly import changing, plainly
from infra.operate.commands import options

if TYPE_CHECKING:
    from infra.operate.boxes import DeadLetters
    from infra.operate.letters import Letter
    from infra.operate.place import Place
    from infra.operate.redrive import Outcome

_box = click.option(
    "--queue", "box", type=click.Choice(["inbox", "relay"]), help="Of this one alone; else of both that there may be."
)
_most = click.option("--max", "most", type=click.IntRange(1), metavar="N", help="At most so many letters of a queue.")
_since = click.option(
    "--since", callback=options.moment, default="14d", show_default=True, help="How far back to ask the logs."
)


@click.group()
def dlq() -> None:
    """Looks at what could not be heard or told, has it heard or told again, or discards it."""


def _open(place: "Place", capability: str, box: Any, stack: ExitStack) -> "list[DeadLetters]":
    from infra.operate.boxes import open_boxes

    return [stack.enter_context(each) for each in open_boxes(place, capability, box)]


@contextmanager
def _boxes(stage: str, cloud_url: str, capability: str, box: Any) -> "Iterator[list[DeadLetters]]":
    """The queues of dead letters; whatever is taken out and not deleted is back in the end."""
    with plainly(), ExitStack() as stack:
        from infra.operate.place import place

        yield _open(place(stage, cloud_url), capability, box, stack)


def _take(boxes: "Collection[DeadLetters]", most: int | None) -> "Iterator[Letter]":
    """So many as there are now: what fails again while we work comes back, and is not for this run."""
    for box in boxes:
        yield from options.counted(box.take(min(most or sys.maxsize, box.depth())), "letters looked at")


def _say_depths(boxes: "Collection[DeadLetters]") -> None:
    """What a look would find, without one: to look hides letters from others for a moment."""
    for box in boxes:
        click.echo(f"would look at {options.number(box.depth(), 'letter')} of {box.url.rpartition('/')[2]}")


@dlq.command("list")
@options.capability
@options.at_stage
@_box
@_most
@_since
@options.log
@options.look_only
def list_letters(
    capability: str,
    stage: str,
    cloud_url: str,
    box: str | None,
    most: int | None,
    since: Any,
    log: Path | None,
    dry_run: bool,
) -> None:
    """Lists dead letters: what they are about, why, when first and last, how often, how old.

    Looking hides them for a moment. Why and when an event was not heard stands in the logs; without them, only what the
    queue itself knows is told.
    """
    with _boxes(stage, cloud_url, capability, box) as boxes:
        from infra.operate.listing import described, summary

        if dry_run:
            _say_depths(boxes)
            return
        letters = list(_take(boxes, most or 100))
        find = options.lines_of(boxes[0].place, log, since)
        lines = find([each.id for each in letters]) if find and letters else []
        for each in letters:
            click.echo("\n".join(described(each, lines)))
        click.echo(summary(letters, sum(each.depth() for each in boxes), capability, stage))


@dlq.command()
@options.capability
@click.argument("letter")
@options.at_stage
@_box
@_since
@options.log
@options.look_only
def show(
    capability: str,
    letter: str,
    stage: str,
    cloud_url: str,
    box: str | None,
    since: Any,
    log: Path | None,
    dry_run: bool,
) -> None:
    """Shows all of the dead LETTER of that id: what it holds, and what the logs tell of it."""
    with _boxes(stage, cloud_url, capability, box) as boxes:
        from infra.operate.listing import whole

        if dry_run:
            _say_depths(boxes)
            return
        [found] = _named(_take(boxes, None), [letter])
        find = options.lines_of(boxes[0].place, log, since)
        click.echo("\n".join(whole(found, find([found.id]) if find else [])))


@dlq.command()
@options.capability
@options.at_stage
@_box
@_most
@click.option("--id", "ids", multiple=True, help="Only this letter; may be given more than once.")
@options.rate
@options.dry_run
def redrive(
    capability: str,
    stage: str,
    cloud_url: str,
    box: str | None,
    most: int | None,
    ids: tuple[str, ...],
    rate: float,
    dry_run: bool,
) -> None:
    """Has dead letters heard or told again, each by what heals it, and deletes them after that.

    An event goes back to its inbox; a fact that was parked is told as its item stands by now; of a stretch of the
    stream that was given up, all that changed at that time is told. Exits with 1 where a letter stays. What fails again
    comes back as a new letter.
    """
    with _boxes(stage, cloud_url, capability, box) as boxes:
        counts = {True: 0, False: 0}
        with changing(options.INTERRUPTED):
            for outcome in _redriven(boxes, capability, most, ids, rate, dry_run):
                counts[outcome.healed] += 1
                if dry_run or not outcome.healed:
                    click.echo(f"{outcome.letter.id}  {outcome.letter.about}: {outcome.note}")
        _missing(ids, sum(counts.values()))
        verb = "would be redriven" if dry_run else "redriven"
        stays = f", {options.number(counts[False], 'stays', 'stay')}" if counts[False] else ""
        click.echo(f"{capability} at {stage}: {options.number(counts[True], 'letter')} {verb}{stays}")
        sys.exit(1 if counts[False] else 0)


def _redriven(
    boxes: "list[DeadLetters]", capability: str, most: int | None, ids: tuple[str, ...], rate: float, dry_run: bool
) -> "Iterator[Outcome]":
    from infra.operate.pace import Pace
    from infra.operate.redrive import redrive as run

    pace = Pace(rate)
    for box in boxes:
        letters = _take([box], None if ids else most)
        yield from run(box, capability, _chosen(letters, ids), pace, dry_run=dry_run)


@dlq.command()
@options.capability
@options.at_stage
@_box
@click.option("--id", "ids", multiple=True, help="This letter; may be given more than once.")
@click.option("--all", "every", is_flag=True, help="All letters.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.dry_run
def discard(
    capability: str,
    stage: str,
    cloud_url: str,
    box: str | None,
    ids: tuple[str, ...],
    every: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """Deletes dead letters for good; asks first: the capability's name has to be typed."""
    if bool(ids) == every:
        raise click.UsageError("say which letters: --id (as `dlq list` tells it), or --all")
    with _boxes(stage, cloud_url, capability, box) as boxes:
        from infra.operate.listing import line

        chosen = {each: list(_chosen(_take([each], None), ids)) for each in boxes}
        _missing(ids, sum(map(len, chosen.values())))
        for letters in chosen.values():
            for each in letters:
                click.echo(line(each))
        count = sum(map(len, chosen.values()))
        if count and not dry_run and not yes:
            options.confirm(capability, f"delete {options.number(count, 'letter')} for good")
        with changing(options.INTERRUPTED):
            for held, letters in chosen.items():
                if not dry_run:
                    held.delete(letters)
        verb = "would be discarded" if dry_run else "discarded"
        click.echo(f"{capability} at {stage}: {options.number(count, 'letter')} {verb}")


def _chosen(letters: "Iterator[Letter]", ids: Collection[str]) -> "Iterator[Letter]":
    return (each for each in letters if not ids or each.id in ids)


def _named(letters: "Iterator[Letter]", ids: Collection[str]) -> "list[Letter]":
    found = list(_chosen(letters, ids))
    _missing(ids, len(found))
    return found


def _missing(ids: Collection[str], found: int) -> None:
    from infra.deploy.errors import Unusable

    if found < len(set(ids)):
        raise Unusable(
            f"{len(set(ids)) - found} of the letters asked for are not there, or somebody else looks at them just now: "
            "`emporium dlq list` tells those that are"
        )
