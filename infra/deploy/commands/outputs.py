"""The command that tells where a stage answers and what its things are called."""

import click

from infra.deploy.commands.plainly import plainly, stage_named


@click.command()
@click.option("--stage", required=True, metavar="STAGE", help="One of infra/stages.toml: dev, staging, prod.")
@click.option("--json", "as_json", is_flag=True, help="For programs: {part: {output: value}}.")
def outputs(stage: str, as_json: bool) -> None:
    """Tells the outputs of a stage's stacks: URLs, the user pool, tables, queues, topics."""
    with plainly():
        import json

        from infra.deploy.aws import connect
        from infra.deploy.outputs import lines
        from infra.deploy.outputs import outputs as told

        found = told(stage_named(stage).name, connect())
        click.echo(json.dumps(found, indent=2) if as_json else "\n".join(lines(found)))
