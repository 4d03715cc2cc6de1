"""What packing a capability takes, as plain values: nothing is made before all of it is known and sound."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy.package import lock
from infra.deploy.package.errors import NotPacked
from infra.deploy.package.steps import STEPS, Step
from infra.deploy.package.wheels import MACHINES, PYTHONS
from infra.deploy.stages import Stage
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.reading import document

ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = ROOT / "functions"
# The authorizer verifies tokens; nothing else of a capability imports these, or weighs as much.
CRYPTOGRAPHY = frozenset({"cffi", "cryptography", "pycparser", "pyjwt"})


@dataclass(frozen=True)
class Plan:
    """`config` is what .chalice/config.json of the copy says; `requirements` are as pip takes them with hashes."""

    capability: str
    project: Path
    overlay: Path
    stage: str
    config: Mapping[str, Any]
    requirements: tuple[str, ...]
    python: str
    architecture: str
    steps: tuple[Step, ...]
    whole: bool  # whether no step is left out


def make_plan(capability: str, stage: Stage, architecture: str, without: frozenset[str]) -> Plan:
    """Raises NotPacked for whatever is wrong with what is asked for, or with this environment."""
    project = FUNCTIONS / _known(capability)
    locked = lock.read((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    lock.check_installed(locked)
    return Plan(
        capability=capability,
        project=project,
        overlay=_sound(ROOT / "infra" / "templates" / f"{capability}-app.yaml"),
        stage=stage.name,
        config=config(_read(project / ".chalice" / "config.json"), stage, _checked(architecture)),
        requirements=tuple(lock.hashed((project / "requirements.txt").read_text(encoding="utf-8"), locked)),
        python=python_of(sys.version_info[:2]),
        architecture=architecture,
        steps=_chosen(without),
        whole=not without,
    )


def capabilities() -> list[str]:
    """The names of those that there are."""
    return sorted(path.parent.name for path in FUNCTIONS.glob("*/app.py"))


def config(of_project: Mapping[str, Any], stage: Stage, architecture: str) -> dict[str, Any]:
    """Chalice's config with the one stage that is packed, which need not stand there: infra/stages.toml has it.

    What `emporium configure` wrote for plain Chalice is left out: the overlay says all that, memory and roles, itself.
    """
    common = {name: value for name, value in of_project.items() if name != "stages"}
    own = of_project.get("stages", {}).get(stage.name, {})
    named = {name: own[name] for name in ("api_gateway_stage",) if name in own}
    return common | {"stages": {stage.name: named | {"lambda_architecture": architecture}}}


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise NotPacked(f"{path}: {error}") from None


def _sound(overlay: Path) -> Path:
    """Chalice would tell of one that it can not read by the last line of PyYAML's, which is an arrow."""
    try:
        document(overlay)
    except TemplateError as error:
        raise NotPacked(str(error)) from None
    return overlay


def _known(capability: str) -> str:
    if capability not in capabilities():
        raise NotPacked(f"there is no capability {capability!r}; there are: {', '.join(capabilities())}")
    return capability


def _checked(architecture: str) -> str:
    if architecture not in MACHINES:
        raise NotPacked(f"--architecture {architecture}: Lambda has {', '.join(MACHINES)}")
    return architecture


def python_of(version: tuple[int, int]) -> str:
    """Lambda's name for it, as 3.11; raises NotPacked."""
    python = ".".join(map(str, version))
    if python not in PYTHONS:
        raise NotPacked(
            f"Python {python} packs for itself, and Lambda is packed for {PYTHONS[0]} to {PYTHONS[-1]}: "
            f"make clean setup PYTHON=python{PYTHONS[-1]}"
        )
    return python


def _chosen(without: frozenset[str]) -> tuple[Step, ...]:
    names = [step.NAME for step in STEPS]
    if unknown := sorted(without.difference(names)):
        raise NotPacked(f"--without {unknown[0]}: there is no such step; there are: {', '.join(names)}")
    return tuple(step for step in STEPS if step.NAME not in without)
