"""How a command of deploying ends: whatever stops it is one plain line on stderr, and an exit status."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from infra.deploy.errors import DeployError, Unusable
from infra.deploy.stages import Stage, StageNotKnown, StagesNotRead, deployable

INTERRUPTED = 130  # as a shell says it of Ctrl-C
_DEPLOYING = (
    "interrupted: CloudFormation finishes by itself what it has begun; look with "
    "`aws cloudformation describe-stacks`, and run the command again when it is done"
)


@contextmanager
def plainly() -> Iterator[None]:
    """Exit status 1 for what failed, 2 for what could not be begun, 130 for Ctrl-C."""
    from infra.deploy.aws import in_plain_words
    from infra.deploy.package import NotPacked
    from infra.local.stacks.errors import TemplateError

    try:
        with in_plain_words():
            yield
    except DeployError as error:
        _end(str(error), error.status)
    except (NotPacked, StageNotKnown, StagesNotRead, TemplateError) as error:
        _end(str(error), Unusable.status)
    except KeyboardInterrupt as interrupt:
        _end(str(interrupt) or "interrupted: nothing was changed in AWS", INTERRUPTED)


@contextmanager
def changing(interrupted: str = _DEPLOYING) -> Iterator[None]:
    """Within `plainly`, around what changes AWS: what stops it there never ends with 2, as if nothing were begun.

    `interrupted` is what is told of Ctrl-C.
    """
    from infra.deploy.aws import in_plain_words

    try:
        with in_plain_words():
            yield
    except Unusable as error:
        raise DeployError(f"stopped in the middle: {error}; then run the command again") from None
    except KeyboardInterrupt:
        raise KeyboardInterrupt(interrupted) from None


def stage_named(name: str) -> Stage:
    """Raises Unusable for a stage that there is not."""
    try:
        return deployable(name)
    except StageNotKnown as unknown:
        raise Unusable(f"--stage: {unknown}") from None


def _end(line: str, status: int) -> None:
    click.echo(f"emporium: {line}", err=True)
    sys.exit(status)
