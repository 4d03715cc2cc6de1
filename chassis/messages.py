"""What capabilities tell each other: CloudEvents 1.0 in structured JSON, one shape for teller and hearer."""

from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from chassis import items
from chassis.auth import SYSTEM

T = TypeVar("T")
SIZE = 256 * 1024  # bytes of one message, and of one batch (the limit of SNS and SQS)


class Message(Struct, Generic[T], frozen=True, kw_only=True):
    """An event as it travels. A hearer reads the fields it needs and no others.

    `id` is made of the aggregate, its version and the fact's place in it: told twice, a fact has the same id.
    `actor` is on whose behalf it came about, "staff:" or "customer:" and an id that tells nothing of the person.
    `sequence` is the aggregate's version, padded as the CloudEvents extension wants it (sortable text).
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: str
    data: T
    specversion: str = "1.0"
    datacontenttype: str = "application/json"
    dataschema: str = ""
    traceparent: str = ""
    actor: str = SYSTEM

    @property
    def version(self) -> int:
        return int(self.sequence)


def type_of(capability: str, fact: str) -> str:
    """The name under which a fact is heard everywhere; a breaking change makes it v2."""
    return f"emporium.{capability}.{fact}.v1"


def of_item(capability: str, item: dict[str, Any], facts: dict[str, type]) -> list[Message[Any]]:
    """The events that a saved item tells: each fact's content is the item's own public part.

    Raises KeyError for a fact that is not among `facts`, ValidationError where the item lacks what a fact promises.
    """
    kind, _, id = item["pk"].partition("#")
    return [
        Message(
            id=f"{kind}/{id}/{item['version']}/{place}",
            source=f"/emporium/{capability}",
            type=type_of(capability, told["fact"]),
            subject=id,
            time=item["changed_at"],
            sequence=f"{item['version']:010d}",
            data=msgspec.convert(item, facts[told["fact"]]),
            dataschema=f"urn:emporium:schema:{capability}:{told['fact']}:v1",
            traceparent=told["trace"],
            actor=told.get("actor", SYSTEM),
        )
        for place, told in enumerate(item.get("outbox", ()))
    ]


def of_image(capability: str, image: dict[str, Any], facts: dict[str, type]) -> list[Message[Any]]:
    """The events that a stream record's image tells."""
    return of_item(capability, items.read_item(image), facts) if "outbox" in image else []
