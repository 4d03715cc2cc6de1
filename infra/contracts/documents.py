"""All contracts as files: what each is to hold, which differ from that, and which promise would be broken."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.contracts.asyncapi import asyncapi
from infra.contracts.capabilities import capabilities
from infra.contracts.compatibility import breaking_changes
from infra.contracts.events import event_schemas
from infra.contracts.openapi import openapi

EVENTS = "events"
Documents = Mapping[str, dict[str, Any]]


def documents() -> dict[str, dict[str, Any]]:
    """Every document by its path in the folder, made from the code."""
    known = capabilities()
    schemas = {type: schema for each in known.values() for type, schema in event_schemas(each).items()}
    made = {
        "asyncapi.json": asyncapi(known),
        **{f"openapi/{each.name}.json": openapi(each) for each in known.values()},
        **{f"{EVENTS}/{type.removeprefix('emporium.')}.json": schema for type, schema in schemas.items()},
    }
    return {path: json.loads(written(document)) for path, document in made.items()}  # plain JSON: no tuples


def written(document: dict[str, Any]) -> str:
    """The one way to write a document, so that equal documents are equal texts."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def differences(made: Documents, folder: Path) -> list[str]:
    """The paths of what differs, is missing, or stands in the folder though nothing in the code makes it."""
    kept = {path: (folder / path).read_text(encoding="utf-8") for path in _paths(folder)}
    due = {path: written(document) for path, document in made.items()}
    return sorted(path for path in kept.keys() | due.keys() if kept.get(path) != due.get(path))


def broken_promises(made: Documents, folder: Path) -> list[str]:
    """What hearers of the events that are in the folder could no longer count on, each as a sentence."""
    broken = []
    for path in (path for path in _paths(folder) if path.startswith(f"{EVENTS}/")):
        if path not in made:
            broken.append(f"{path}: it is published no more")
            continue
        kept = json.loads((folder / path).read_text(encoding="utf-8"))
        broken += [f"{path}: {change}" for change in breaking_changes(kept, made[path])]
    return broken


def write(made: Documents, folder: Path) -> None:
    """Writes every document, and takes away what none of them is."""
    for path in set(_paths(folder)) - made.keys():
        (folder / path).unlink()
    for path, document in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(written(document), encoding="utf-8")


def _paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob("**/*.json"))
