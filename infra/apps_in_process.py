"""Loads the three apps side by side in one process: for tests, and for the documents made from the code."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def app_folders() -> dict[str, Path]:
    """Every capability's folder, by name."""
    return {path.parent.name: path.parent for path in sorted((ROOT / "functions").glob("*/app.py"))}


@cache
def load_apps() -> dict[str, ModuleType]:
    """Each capability's app module, under a name of its own: `chalicelib` is a namespace that they share."""
    return {name: _load(name, folder) for name, folder in app_folders().items()}


def _load(name: str, folder: Path) -> ModuleType:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    spec = importlib.util.spec_from_file_location(f"{name}_app", folder / "app.py")
    assert spec is not None  # nosec B101  # for mypy: a file has both
    assert spec.loader is not None  # nosec B101  # for mypy: a file has both
    module = sys.modules[f"{name}_app"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
