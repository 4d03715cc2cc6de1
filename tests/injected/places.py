"""Whose call of AWS it is: the handler at work, and the lines of ours that led to the call."""

import sys
from dataclasses import dataclass
from functools import cache
from types import FrameType

from infra.apps_in_process import ROOT, app_folders

Line = tuple[str, int]  # a file of ours, and a line in it
_OURS = tuple(str(ROOT / folder) for folder in ("functions", "chassis"))


@dataclass(frozen=True)
class Place:
    """Where a call comes from: `handler` is a capability's route, authorizer, relay, tick or reaction."""

    handler: str
    lines: tuple[Line, ...]


def at_work() -> Place:
    """The place of the call that is being made."""
    lines, handler = list[Line](), ""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        file = frame.f_code.co_filename
        if file.startswith(_OURS):
            lines.append((_short(file), frame.f_lineno))
            name = frame.f_code.co_name
            if name.startswith("when_") and not handler:
                handler = name
            if file in _apps():
                return Place(f"{_apps()[file]}.{handler or name}", tuple(lines))
        frame = frame.f_back
    raise AssertionError(f"a call of AWS that no handler made: {lines}")


@cache
def _short(file: str) -> str:
    return file.removeprefix(f"{ROOT}/")


@cache
def _apps() -> dict[str, str]:
    return {str(folder / "app.py"): name for name, folder in app_folders().items()}
