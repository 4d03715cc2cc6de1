"""Carries out a plan: what is written is written whole, in place of what was there, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.deploy.package import archive, chalice_project, template, wheels
from infra.deploy.package.errors import NotPacked
from infra.deploy.package.plan import CRYPTOGRAPHY, Plan

TEMPLATE = "template.yaml"


@dataclass(frozen=True)
class Packed:
    """What was written for one capability; `zips` are the SHA-256 of each, in hex, by its file's name."""

    capability: str
    folder: Path
    template: Path
    zips: Mapping[str, str]


def execute(plan: Plan, out: Path) -> Packed:
    """Raises NotPacked, and has written nothing then."""
    with tempfile.TemporaryDirectory(prefix="emporium-package-") as temporary:
        made = Path(temporary) / "made"
        zips = _make(plan, Path(temporary), made)
        folder = out / plan.capability
        put(folder, made)
    return Packed(plan.capability, folder, folder / TEMPLATE, zips)


def _make(plan: Plan, work: Path, made: Path) -> dict[str, str]:
    copied, fetched, code = work / plan.capability, work / "wheels", work / "code"
    for folder in (fetched, code, made):
        folder.mkdir()
    chalice_project.copy(plan.project, plan.config, copied)
    merged = chalice_project.package(copied, plan.stage, plan.overlay, code)
    wheels.fetch(plan.requirements, plan.python, plan.architecture, fetched)
    brought = wheels.unpack(fetched, code)
    _apply(plan, code)
    cryptography = frozenset[str]().union(*(brought.get(name, ()) for name in CRYPTOGRAPHY))
    zips = {
        "authorizer.zip": archive.write(code, made / "authorizer.zip"),
        "deployment.zip": archive.write(code, made / "deployment.zip", without=cryptography),
    }
    for name in zips:
        archive.check(made / name, archive.LIMITS[name] if plan.whole else archive.UNPACKED)
    (made / TEMPLATE).write_text(template.text(template.finished(merged, plan.capability)), encoding="utf-8")
    return zips


def _apply(plan: Plan, code: Path) -> None:
    for step in plan.steps:
        try:
            step.apply(code)
        except (OSError, ValueError, RuntimeError) as error:
            raise NotPacked(f"{plan.capability}, step {step.NAME}: {' '.join(str(error).split())}") from None


def put(folder: Path, made: Path) -> None:
    """Puts `made` where `folder` is or will be; between two renames, no more, nothing is there."""
    new, old = (folder.with_name(f".{folder.name}-{age}-{os.getpid()}") for age in ("new", "old"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made, new)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as error:
        raise NotPacked(f"{folder} can not be written ({error.strerror}): choose another --out") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
