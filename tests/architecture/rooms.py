"""The rooms of a capability: the same files in each, and nothing else."""

from collections.abc import Iterable, Iterator
from pathlib import Path

_ROOMS = ("__init__", "schemas", "commands", "reactions", "model", "events", "store")
_MADE = {"__pycache__", "deployments", "deployed"}  # by tools; git ignores them


def due(name: str) -> set[str]:
    """The files that the capability must have."""
    package = {f"chalicelib/{name}/{room}.py" for room in _ROOMS}
    return package | {"app.py", "requirements.txt", "README.md", ".chalice/config.json", "vendor/chassis"}


def misplaced(name: str, files: Iterable[str]) -> list[str]:
    """What is missing in a capability's folder, and what has no place there, each as a sentence."""
    there = set(files)
    missing = [f"{name}: {path} is missing" for path in sorted(due(name) - there)]
    return missing + [f"{name}: {path} {_reason(path)}" for path in sorted(there - due(name))]


def files_of(folder: Path) -> Iterator[str]:
    """The files and links of a folder, relative to it; what a link leads to counts as one."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.is_file():
            yield path.name
        elif path.name not in _MADE:
            yield from (f"{path.name}/{below}" for below in files_of(path))


def _reason(path: str) -> str:
    if path == "chalicelib/__init__.py":
        return "would make one capability hide the others: chalicelib is a namespace that they share"
    if path.startswith(".chalice/policy"):
        return "would never be read: what a function may do stands in the overlay of its app"
    return "has no place in a capability"
