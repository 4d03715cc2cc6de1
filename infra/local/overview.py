"""What is told of a running stack: the table of addresses, the health document, whose a path is."""

import socket
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from infra.local.part import Part
from infra.local.plan import Cloud

Row = tuple[str, str, str]  # what it is, where it is, and a note


def table(parts: Sequence[Part], cloud: Cloud, url: str, more: Sequence[Row] = ()) -> list[str]:
    rows: list[Row] = [("front door", url, "")]
    rows += [(part.name, part.url, "" if part.up else str(part.state)) for part in parts]
    rows += [("cloud", cloud.endpoint, cloud.kind), *more]
    width = max(len(name) for name, _, _ in rows)
    return [f"  {name:<{width}}  {address}  {note}".rstrip() for name, address, note in rows]


def health(parts: Iterable[Part], cloud: Cloud, url: str, state: str, *, reached: bool = True) -> dict[str, Any]:
    """The document of /health; the front door is up for as long as anybody can ask, `reached` is the cloud."""
    of_cloud = {"state": "up" if reached else "down", "url": cloud.endpoint}
    always = {"cloud": of_cloud, "front door": {"state": "up", "url": url}}
    return {"state": state, "parts": always | {part.name: part.describe() for part in parts}}


def answers(endpoint: str) -> bool:
    """Whether anybody takes a connection there: a cloud of somebody else's may end without telling us."""
    address = urlsplit(endpoint)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname, port), timeout=1).close()
    except OSError:
        return False
    return True


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
