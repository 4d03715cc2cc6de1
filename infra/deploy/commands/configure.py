"""The command after which plain `chalice deploy` works from a capability's folder."""

import click

from infra.deploy.commands.plainly import plainly, stage_named
from infra.deploy.errors import Unusable


@click.command()
@click.argument("name", default="", metavar="[CAPABILITY]")
@click.option("--stage", required=True, metavar="STAGE", help="One of infra/stages.toml: dev, staging, prod.")
def configure(name: str, stage: str) -> None:
    """Writes into .chalice what plain `chalice deploy --stage STAGE` needs: ARNs, settings, rights.

    Its data and the accounts are to be there (emporium deploy orders-data --stage dev, and identity). The file is of
    one account: it is not for committing.
    """
    with plainly():
        from infra.apps_in_process import app_folders
        from infra.deploy.aws import connect
        from infra.deploy.configuration import configure as write
        from infra.deploy.deployment import TEMPLATES

        chosen, folders = stage_named(stage), app_folders()
        if name and name not in folders:
            raise Unusable(f"there is no capability {name!r}; there are: {', '.join(folders)}")
        write(chosen, {name: folders[name]} if name else folders, TEMPLATES, connect(), click.echo)
