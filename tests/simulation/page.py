"""What docs/reliability.md says of deliberate faults: which are caught, by what, and which two hold each other."""

import re
from dataclasses import dataclass

from infra.apps_in_process import ROOT

TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
_CAUGHT = re.compile(r"^\| ([a-z].*?) \| (\d+|-) \| (-|(\d): (.*?)) \| (.*?) \|$", re.MULTILINE)
_TWO = re.compile(r"^\| ([a-z].*?) \| ([a-z].*?) \| (\d+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Caught:
    """By that seed, where there is one, and on that path with so many faults, where there is one."""

    name: str
    seed: int | None
    depth: int | None
    path: str | None
    rule: str


@dataclass(frozen=True)
class Two:
    """A deliberate fault that nothing shows as long as another guard holds, which is the second one."""

    name: str
    other: str
    seed: int


def caught() -> list[Caught]:
    rows = _CAUGHT.findall(_section("The kill table"))
    return [
        Caught(name, None if seed == "-" else int(seed), int(depth) if depth else None, path or None, rule)
        for name, seed, _, depth, path, rule in rows
    ]


def twos() -> list[Two]:
    return [Two(name, other, int(seed)) for name, other, seed in _TWO.findall(_section("Two that hold each other"))]


def _section(title: str) -> str:
    """What stands under a heading, up to the next one."""
    return re.split(r"^#", TEXT.partition(f"# {title}\n")[2], flags=re.MULTILINE)[0]
