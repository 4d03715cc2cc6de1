"""What a dead letter is: an event that was not heard, a fact that was parked, or a stretch of the stream given up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct

Kind = Literal["unheard", "parked", "untold", "strange"]
Box = Literal["inbox", "relay"]
# A parked body may be cut off (chassis.relay); what it is about stands at its beginning.
_EVENT_ID = re.compile(r'\{"id": ?"([^"\\]+)"')


class Event(Struct, frozen=True):
    """The part of an event that tells which one it is."""

    id: str
    type: str


class _Item(Struct, frozen=True):
    """What the relay names of an item that it could not read."""

    pk: dict[Literal["S"], str]


class Stretch(Struct, frozen=True, rename="camel"):
    """Where in a stream the records stood that Lambda gave up.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """

    shard_id: str
    start_sequence_number: str
    approximate_arrival_of_first_record: datetime
    approximate_arrival_of_last_record: datetime
    batch_size: int


class _Destination(Struct, frozen=True):
    """What Lambda sends to a failure destination."""

    stretch: Stretch = msgspec.field(name="DDBStreamBatchInfo")
    context: dict[str, Any] = msgspec.field(name="requestContext", default_factory=dict)
    timestamp: datetime | None = None


@dataclass(frozen=True)
class Letter:
    """A message in a queue of dead letters; times are those that SQS tells."""

    box: Box
    id: str
    handle: str
    body: str
    attributes: Mapping[str, Any]
    sent_at: datetime
    first_received_at: datetime | None
    received: int  # how often it was handed out, this time and each other look included

    @property
    def size(self) -> int:
        """Bytes as SQS counts them, at most."""
        return len(self.body.encode()) + sum(
            len(name) + sum(len(str(part)) for part in value.values()) for name, value in self.attributes.items()
        )

    @property
    def kind(self) -> Kind:
        if self.box == "inbox":
            return "unheard" if self.event else "strange"
        if self.key:
            return "parked"
        return "untold" if self.stretch else "strange"

    @property
    def event(self) -> Event | None:
        event: Event | None = _read(self.body, Event)
        return event

    @property
    def key(self) -> str | None:
        """The key of the item that a parked fact is of."""
        if "cause" not in self.attributes:
            return None
        if item := _read(self.body, _Item):
            return str(item.pk["S"]) if "S" in item.pk else None
        if named := _EVENT_ID.match(self.body):
            kind, _, rest = named[1].partition("/")
            return f"{kind}#{rest.rsplit('/', 2)[0]}"
        return None

    @property
    def stretch(self) -> Stretch | None:
        lost = _read(self.body, _Destination)
        return lost.stretch if lost else None

    @property
    def cause(self) -> str | None:
        """As far as the letter itself tells it."""
        if "cause" in self.attributes:
            return str(self.attributes["cause"].get("StringValue"))
        lost = _read(self.body, _Destination)
        return str(lost.context.get("condition", "given up")) if lost else None

    @property
    def first(self) -> datetime:
        """When it failed first, as far as the letter itself tells it.

        A relay writes its letters when it fails. An event was handed out first by its inbox, or never before this look.
        """
        if found := self.stretch:
            return found.approximate_arrival_of_first_record
        if self.box == "inbox" and self.received > 1 and self.first_received_at:
            return self.first_received_at
        return self.sent_at

    @property
    def attempts(self) -> str:
        """How often it was tried; an inbox's letter counts all looks as well."""
        if self.box == "inbox":
            return f"{self.received - 1} before this look"
        lost = _read(self.body, _Destination)
        return str(lost.context.get("approximateInvokeCount", "not known")) if lost else "1"

    @property
    def about(self) -> str:
        """What it is about, in a few words."""
        if event := self.event:
            return f"{event.type} {event.id}"
        if key := self.key:
            return key
        if found := self.stretch:
            first = found.approximate_arrival_of_first_record
            return f"{found.batch_size} records of the stream from {first:%Y-%m-%dT%H:%M:%SZ}"
        return "no event of ours"


def letter(box: Box, message: Mapping[str, Any]) -> Letter:
    """A letter as SQS hands it out, with all its attributes."""
    told = message.get("Attributes", {})
    first = told.get("ApproximateFirstReceiveTimestamp")
    return Letter(
        box=box,
        id=message["MessageId"],
        handle=message["ReceiptHandle"],
        body=message["Body"],
        attributes=message.get("MessageAttributes", {}),
        sent_at=_moment(told["SentTimestamp"]),
        first_received_at=_moment(first) if first else None,
        received=int(told.get("ApproximateReceiveCount", 1)),
    )


def age(span: timedelta) -> str:
    """A span of time as people say it: 3 d 4 h."""
    seconds = max(0, int(span.total_seconds()))
    for big, small, unit in ((86400, 3600, "d h"), (3600, 60, "h min"), (60, 1, "min s")):
        if seconds >= big:
            first, second = unit.split()
            return f"{seconds // big} {first} {seconds % big // small} {second}"
    return f"{seconds} s"


def _moment(milliseconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _read(body: str, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
