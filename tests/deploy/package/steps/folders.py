"""Folders as they are about to be zipped: of a real capability, or of a few lines of one."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from infra.apps_in_process import ROOT, app_folders
from infra.deploy.package.steps import Step

_COMPILED = shutil.ignore_patterns("__pycache__")


def a_folder(target: Path, sources: Mapping[str, str]) -> Path:
    for name, text in sources.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return target


def own_code(capability: str, target: Path) -> Path:
    """What is the capability's own, without packages."""
    folder = app_folders()[capability]
    shutil.copytree(folder / "chalicelib", target / "chalicelib", ignore=_COMPILED)
    shutil.copytree(ROOT / "chassis", target / "chassis", ignore=_COMPILED)
    shutil.copyfile(folder / "app.py", target / "app.py")
    return target


def after(folder: Path, *steps: Step) -> Path:
    for step in steps:
        step.apply(folder)
    return folder
