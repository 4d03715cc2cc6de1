"""The stages of the shop, as infra/stages.toml has them: what differs between them, and nothing else."""

import re
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

STAGES = Path(__file__).resolve().parents[1] / "stages.toml"
LOCAL = "local"
_NAME = re.compile(r"[a-z][a-z0-9]{0,15}")  # as the parameter Stage of every template


class StageNotKnown(ValueError):
    """There is no such stage, or it is not for deploying; the message names those that there are."""


class StagesNotRead(ValueError):
    """stages.toml says something that is not understood; the message names the table and the key."""


@dataclass(frozen=True)
class Stage:
    """What infra/stages.toml explains, of one stage."""

    name: str
    memory: int
    log_days: int
    throttle_rate: int
    throttle_burst: int
    reserved_concurrency: int
    canary: str
    protected: bool
    tracing: str

    def parameters(self) -> dict[str, str]:
        """The values as the templates' parameters: log_days is LogDays, and the name is Stage."""
        values = {_camel(name): _text(value) for name, value in asdict(self).items() if name != "name"}
        return {"Stage": self.name} | values


def load(path: Path = STAGES) -> dict[str, Stage]:
    """Every stage by name; raises StagesNotRead."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StagesNotRead(f"{path}: {error}") from None
    defaults = tables.pop("defaults", {})
    return {name: _stage(path, name, table, defaults) for name, table in tables.items()}


def deployable(name: str, path: Path = STAGES) -> Stage:
    """The stage of that name; raises StageNotKnown, for `local` too, which is no stage of AWS."""
    stages = load(path)
    if name not in stages or name == LOCAL:
        there = ", ".join(each for each in stages if each != LOCAL)
        reason = "is what `emporium up` runs" if name == LOCAL else "is none of the stages"
        raise StageNotKnown(f"{name!r} {reason}; {path.name} has: {there}")
    return stages[name]


def _stage(path: Path, name: str, table: Any, defaults: dict[str, Any]) -> Stage:
    if not _NAME.fullmatch(name):
        raise StagesNotRead(f"{path.name}: [{name}]: a stage is named by 1 to 16 lower-case letters and digits")
    if not isinstance(table, dict):
        raise StagesNotRead(f"{path.name}: {name} stands outside a table")
    values = defaults | table
    kinds = {field.name: field.type for field in fields(Stage) if field.name != "name"}
    if unknown := sorted(values.keys() - kinds):
        raise StagesNotRead(f"{path.name}: [{name}]: {unknown[0]} is not known; there are: {', '.join(kinds)}")
    for key, kind in kinds.items():
        if type(values.get(key)) is not kind:
            raise StagesNotRead(f"{path.name}: [{name}]: {key} is to be {_NAMED[kind]}, not {values.get(key)!r}")
    return Stage(name, **values)


_NAMED: dict[Any, str] = {int: "a whole number", bool: "true or false", str: "a text"}


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _text(value: int | bool | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
