"""The last release's code beside today's in one process: its packages are imported under names of their own."""

import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any

from infra.apps_in_process import ROOT, load_apps
from tests.simulation.tokens import unsigned

CODE = ROOT / "tests" / "compatibility" / "released" / "code.zip"
PREFIX = "released_"
_IMPORTED = re.compile(r"^(\s*)(from|import) (chassis|chalicelib)\b", re.MULTILINE)
_SIGNED: dict[ModuleType, Any] = {}  # what looks at signatures, which cost more than all else of a request
Module = Any  # of which a release is one has to be asked at run time


class Elsewhere(dict[str, Any]):
    """What an authorizer remembers: the inbox, which is another process in AWS, takes nothing out of it."""

    def pop(self, *key: Any) -> Any:
        return None


@dataclass(frozen=True)
class Release:
    """One version of the shop: its apps, and those of its parts that know the world."""

    apps: dict[str, ModuleType]
    clock: Module
    aws: Module
    tokens: Module
    stores: tuple[Module, ...]

    def use(self, now: Any, sleep: Any, client: Callable[[str], Any] | None) -> None:
        """Takes time and clients from there, None giving the real ones back; what it read of sign-outs is forgotten."""
        self.clock.use(now, sleep)
        self.aws.use(client)
        self.tokens._part_of_signed = unsigned if client else _SIGNED[self.tokens]
        for store in self.stores:
            store.sign_outs.read = Elsewhere() if client else {}


@cache
def today() -> Release:
    return _release(load_apps(), "")


@cache
def last() -> Release:
    """The release that was recorded last (tests/compatibility/record.py)."""
    names = _sources()
    finder = _Sources(names)
    sys.meta_path.append(finder)
    apps = {name.removeprefix(PREFIX).removesuffix("_app"): import_module(name) for name in names if _is_app(name)}
    return _release(apps, PREFIX)


def _release(apps: dict[str, ModuleType], prefix: str) -> Release:
    stores = [import_module(f"{prefix}chalicelib.{name}.store") for name in apps]
    keeping = tuple(each for each in stores if isinstance(getattr(each.sign_outs, "read", None), dict))
    clock, aws, tokens = (import_module(f"{prefix}chassis.{name}") for name in ("clock", "aws", "tokens"))
    _SIGNED[tokens] = tokens._part_of_signed
    return Release(apps, clock, aws, tokens, keeping)


class _Sources(MetaPathFinder, InspectLoader):
    """Imports modules from texts."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if fullname in self._texts or self.is_package(fullname) else None

    def get_source(self, fullname: str) -> str:
        return self._texts.get(fullname, "")

    def is_package(self, fullname: str) -> bool:
        return any(name.startswith(f"{fullname}.") for name in self._texts)


def _sources() -> dict[str, str]:
    """The text of each module, by the name that it has here."""
    with zipfile.ZipFile(CODE) as packed:
        paths = [PurePosixPath(name) for name in packed.namelist() if name.endswith(".py")]
        return {_name(path): _IMPORTED.sub(rf"\1\2 {PREFIX}\3", packed.read(str(path)).decode()) for path in paths}


def _name(path: PurePosixPath) -> str:
    if path.name == "app.py":
        return f"{PREFIX}{path.parent.name}_app"
    parts = path.with_suffix("").parts
    own = parts[2:] if parts[0] == "functions" else parts
    return PREFIX + ".".join(own).removesuffix(".__init__")


def _is_app(name: str) -> bool:
    return name.endswith("_app") and "." not in name
