"""The command that takes a stage, or one capability of it, down."""

import click

from infra.deploy.commands.plainly import changing, plainly, stage_named
from infra.deploy.errors import Unusable


@click.command()
@click.argument("name", default="", metavar="[CAPABILITY]")
@click.option("--stage", required=True, metavar="STAGE", help="One of infra/stages.toml: dev, staging, prod.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--protected", is_flag=True, help="Even where infra/stages.toml protects the stage.")
def destroy(name: str, stage: str, yes: bool, protected: bool) -> None:
    """Deletes the stacks of a stage, or of one CAPABILITY. Tables, queues, accounts and the code's bucket stay.

    It asks first: what is to be destroyed has to be typed. A later deploy takes in again what stayed.
    """
    with plainly():
        from infra.deploy import destruction
        from infra.deploy.aws import connect

        chosen = stage_named(stage)
        if chosen.protected and not protected:
            raise Unusable(f"infra/stages.toml protects {chosen.name}: to destroy it none the less, add --protected")
        aws = connect()
        prepared = destruction.prepare(chosen, name, aws)
        click.echo(f"{chosen.name} in account {aws.account}, {aws.region}; deleted are, in this order:")
        for part, stack in prepared.stacks.items():
            click.echo(f"  {stack.name}")
            for each in prepared.stays[part]:
                click.echo(f"    stays: {each}")
        word = destruction.exact_name(chosen, name)
        if not yes and _typed(word) != word:
            raise Unusable("that was not it: nothing was destroyed")
        with changing():
            destruction.carry_out(prepared, aws, click.echo)


def _typed(word: str) -> str:
    try:
        return str(click.prompt(f"Type {word} to destroy it", default="", show_default=False)).strip()
    except click.Abort:
        click.echo()  # ends the line of the question
        raise Unusable("nothing was typed, so nothing was destroyed; --yes does not ask") from None
