"""The command `emporium sbom`: what the shop is made of, for those who look for what became unsafe."""

import sys
from pathlib import Path

import click

_OUT = Path(__file__).resolve().parents[2] / "build" / "sbom"


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=_OUT, help="[default: build/sbom]")
def sbom(out: Path) -> None:
    """Writes a CycloneDX document for each capability's zips, and one for all that the shop is built and tested with.

    The same commit gives the same bytes.
    """
    from infra.delivery.sbom import DEVELOPMENT, NotListed, development_requirements, document, packed_requirements
    from infra.deploy.package import NotPacked, capabilities

    try:
        out.mkdir(parents=True, exist_ok=True)
        packed = {name: packed_requirements(name) for name in capabilities()}
        made = {
            name: document(name, each) for name, each in (packed | {DEVELOPMENT: development_requirements()}).items()
        }
        for name, text in made.items():
            (out / f"{name}.cdx.json").write_text(text, encoding="utf-8")
            click.echo(out / f"{name}.cdx.json")
    except (NotListed, NotPacked) as error:
        _end(str(error))
    except OSError as error:
        _end(f"--out {out} can not be written: {error.strerror}")


def _end(line: str) -> None:
    click.echo(f"emporium sbom: {line}", err=True)
    sys.exit(2)
