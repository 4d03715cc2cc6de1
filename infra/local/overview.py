"""What is told of a running stack: the table of addresses, the health document, whose a path is."""

from collections.abc import Iterable, Sequence
from typing import Any

from infra.local.part import Part
from infra.local.plan import Cloud


def table(parts: Sequence[Part], cloud: Cloud, url: str) -> list[str]:
    rows = [("front door", url, "")]
    rows += [(part.name, part.url, "" if part.up else str(part.state)) for part in parts]
    rows.append(("cloud", cloud.endpoint, cloud.kind))
    width = max(len(name) for name, _, _ in rows)
    return [f"  {name:<{width}}  {address}  {note}".rstrip() for name, address, note in rows]


def health(parts: Iterable[Part], cloud: Cloud, url: str, state: str) -> dict[str, Any]:
    """The document of /health; the cloud and the front door are up for as long as anybody can ask."""
    always = {"cloud": {"state": "up", "url": cloud.endpoint}, "front door": {"state": "up", "url": url}}
    return {"state": state, "parts": always | {part.name: part.describe() for part in parts}}


def owner(parts: Iterable[Part], segment: str) -> Part | None:
    """The app that has routes under the segment, the first by name if there are two."""
    return next((part for part in parts if segment in part.routes), None)


def shared_prefixes(parts: Sequence[Part], newcomer: Part) -> list[str]:
    """A line for each first segment that the newcomer and another app both have routes under."""
    return [
        f"both {part.name} and {newcomer.name} have routes under /{prefix}, which go to the first by name"
        for part in parts
        if part is not newcomer
        for prefix in sorted({*part.routes} & {*newcomer.routes})
    ]
