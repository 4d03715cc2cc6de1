"""Packs a capability for Lambda: its zips and the template that names them, the same bytes from the same commit."""

from pathlib import Path

from infra.deploy.package.errors import NotPacked
from infra.deploy.package.packing import Packed, execute
from infra.deploy.package.plan import capabilities, make_plan
from infra.deploy.stages import Stage

__all__ = ["NotPacked", "Packed", "capabilities", "package"]


def package(
    capability: str,
    stage: Stage,
    out: Path,
    *,
    architecture: str = "arm64",
    without: frozenset[str] = frozenset(),
) -> Packed:
    """Writes deployment.zip, authorizer.zip and template.yaml to out/<capability>, or nothing; raises NotPacked.

    The zips are for the Python that runs this, and the same for every stage. `without` names packing steps to leave
    out; the zips may then be as large as Lambda takes them.
    """
    return execute(make_plan(capability, stage, architecture, without), out)
