"""The command that packs capabilities for Lambda."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.deploy.commands.plainly import plainly, stage_named

if TYPE_CHECKING:
    from infra.deploy.package import Packed

_OUT = Path(__file__).resolve().parents[3] / "build" / "package"


@click.command()
@click.argument("capability", required=False)
@click.option("--stage", required=True, metavar="STAGE", help="One of infra/stages.toml: dev, staging, prod.")
@click.option("--out", type=click.Path(path_type=Path), default=_OUT, metavar="DIR", help="[default: build/package]")
@click.option("--architecture", default="arm64", show_default=True, metavar="arm64|x86_64", help="Of the functions.")
@click.option("--without", multiple=True, metavar="STEP", help="Leave a packing step out; can be given again.")
def package(capability: str | None, stage: str, out: Path, architecture: str, without: tuple[str, ...]) -> None:
    """Packs a capability, or all of them: DIR/<capability>/deployment.zip, authorizer.zip and template.yaml.

    Neither an account of AWS nor a region is needed. The same commit gives the same bytes.
    """
    with plainly():
        from infra.deploy.package import capabilities
        from infra.deploy.package import package as pack

        chosen = stage_named(stage)
        for name in capabilities() if capability is None else [capability]:
            told(pack(name, chosen, out, architecture=architecture, without=frozenset(without)))


def told(packed: "Packed") -> None:
    """A line for each zip, and one for the template."""
    for name, digest in sorted(packed.zips.items()):
        size = (packed.folder / name).stat().st_size
        click.echo(f"{packed.folder / name}  {size:>9,} bytes  sha256 {digest}")
    click.echo(f"{packed.template}")
