"""The environment, read when it is needed: packaging and tests import the apps without it."""

import os
import re


class SettingMissing(RuntimeError):
    """A deployment's mistake, never a caller's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the environment variable {name} is not set")


def text(name: str, default: str | None = None) -> str:
    """The variable's value; raises SettingMissing where there is neither a value nor a default."""
    value = os.environ.get(name) or default
    if value is None:
        raise SettingMissing(name)
    return value


def number(name: str, default: int) -> int:
    """The variable's value as a whole number, zero or more; raises ValueError naming the variable where it is none."""
    value = os.environ.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError(f"the environment variable {name} must be a whole number, not {value!r}")
    return int(value)


def rate(name: str, default: str) -> tuple[int, int]:
    """So many times in so many seconds, written as 10/60; raises ValueError naming the variable for all else."""
    value = os.environ.get(name) or default
    met = re.fullmatch(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", value)
    if not met:
        raise ValueError(f"the environment variable {name} must be written as 10/60 (times/seconds), not {value!r}")
    return int(met[1]), int(met[2])


def on(name: str) -> bool:
    """Whether a switch is on; everything but the word "on" is off."""
    return os.environ.get(name) == "on"
