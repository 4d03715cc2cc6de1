"""The command that deploys a stage, or one capability of it."""

import click

from infra.deploy.commands.plainly import changing, plainly, stage_named
from infra.deploy.errors import Unusable


@click.command()
@click.argument("name", default="", metavar="[CAPABILITY]")
@click.option("--stage", required=True, metavar="STAGE", help="One of infra/stages.toml: dev, staging, prod.")
@click.option("--dry-run", "--plan", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--parameter", multiple=True, metavar="NAME=VALUE", help="Of a template; stays until another is given.")
@click.option("--allow-breaking", is_flag=True, help="Deploy even what breaks the contracts of what runs.")
def deploy(name: str, stage: str, dry_run: bool, parameter: tuple[str, ...], allow_breaking: bool) -> None:
    """Deploys the shop to AWS, or one CAPABILITY of it with what it needs; where nothing changed, nothing is changed.

    Account and region are those of the AWS CLI: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL. A change that fails is
    rolled back by CloudFormation, and the reasons are told.
    """
    with plainly():
        from infra.deploy import deployment
        from infra.deploy.aws import connect

        asked = deployment.Asked(stage_named(stage), name, _pairs(parameter), allow_breaking)
        aws = connect()
        click.echo(f"{asked.stage.name} in account {aws.account}, {aws.region}")
        ready = deployment.prepare(asked, aws, click.echo)
        if dry_run:
            deployment.foresee(ready, aws, click.echo)
            return
        with changing():
            deployment.carry_out(ready, aws, click.echo)
        click.echo(f"deployed; what it is called and where it answers: emporium outputs --stage {asked.stage.name}")


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    for each in given:
        if not each.partition("=")[0] or "=" not in each:
            raise Unusable(f"--parameter {each!r}: write it as NAME=VALUE")
    return {name: value for name, _, value in (each.partition("=") for each in given)}
