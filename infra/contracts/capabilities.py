"""What each capability offers, publishes and listens to, read from its own code."""

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.doors import Door
from chassis.inbox import Reaction
from chassis.messages import type_of
from infra.apps_in_process import load_apps


@dataclass(frozen=True)
class Capability:
    """One capability as others see it; `facts` and `reactions` are by event type."""

    name: str
    purpose: str
    doors: tuple[Door, ...]
    facts: Mapping[str, type]
    reactions: Mapping[str, Reaction]
    commands: Mapping[str, Callable[..., Any]]


def capabilities() -> dict[str, Capability]:
    """Every capability by name."""
    return {name: _read(name, tuple(app.door.all)) for name, app in sorted(load_apps().items())}


def _read(name: str, doors: tuple[Door, ...]) -> Capability:
    package = importlib.import_module(f"chalicelib.{name}")
    events = importlib.import_module(f"chalicelib.{name}.events")
    reactions = importlib.import_module(f"chalicelib.{name}.reactions")
    commands = importlib.import_module(f"chalicelib.{name}.commands")
    return Capability(
        name=name,
        purpose=inspect.getdoc(package) or "",
        doors=doors,
        facts={type_of(name, fact.__name__): fact for fact in events.FACTS},
        reactions=reactions.REACTIONS,
        commands=dict(inspect.getmembers(commands, inspect.isfunction)),
    )
