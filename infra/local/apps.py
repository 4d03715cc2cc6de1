"""Finds the Chalice apps of a folder and gives each its port."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class App:
    name: str
    folder: Path
    port: int


class Unknown(ValueError):
    """There is no such app, or none at all; the message names those that there are."""


def discover(folder: Path, front_port: int, only: frozenset[str] = frozenset()) -> list[App]:
    """The apps by name, each at the front door's port + 1 + its place; at port 0 (any free one) if that is 0.

    `only` leaves the others out, and the ports as they are. A folder that is itself an app is the only one.
    """
    itself = (folder / "app.py").is_file()
    folders = [folder] if itself else sorted(path.parent for path in folder.glob("*/app.py"))
    if not folders:
        raise Unknown(f"there is no Chalice app in {folder}: no */app.py")
    names = [each.resolve().name for each in folders]
    if missing := sorted(only - set(names)):
        raise Unknown(f"there is no app {', '.join(missing)}; there are: {', '.join(names)}")
    apps = [
        App(name, each.resolve(), front_port and front_port + 1 + place)
        for place, (name, each) in enumerate(zip(names, folders, strict=True))
    ]
    return [app for app in apps if not only or app.name in only]
