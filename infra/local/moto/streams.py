"""DynamoDB streams: numbered without gap or repeat, bounded in memory, and able to take a cancelled write back.

Records are kept as the JSON that goes over the wire: a tenth of the size of moto's objects, written once, read
once or twice.
"""

import base64
import binascii
import itertools
import json
import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from moto.core.utils import utcnow
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models import table as tables
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodbstreams.models import DynamoDBStreamsBackend

from infra.local.moto.errors import invalid, refusal
from infra.local.moto.items import same, size_of
from infra.local.moto.patching import around, instead

# AWS keeps a record for 24 hours, however many there are; this machine's memory has an end.
MAX_AGE_SECONDS = 24 * 3600
MAX_BYTES = 128 * 1024 * 1024
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
MAX_ANSWER_BYTES = 1024 * 1024
MAX_ANSWER_RECORDS = 1000

EVENT_NAMES = {(False, True): "INSERT", (True, True): "MODIFY", (True, False): "REMOVE"}
IMAGES_OF_VIEW = {
    "KEYS_ONLY": (),
    "NEW_IMAGE": ("NewImage",),
    "OLD_IMAGE": ("OldImage",),
    "NEW_AND_OLD_IMAGES": ("NewImage", "OldImage"),
}


class Kept(NamedTuple):
    written_at: float
    text: str


def trimmed() -> Exception:
    return refusal("TrimmedDataAccessException", "The record lies before the oldest one that the stream still has")


class WireRecord(dict[str, Any]):
    """A record that is already in the form of the answer."""


class Shard:
    """The one shard of a table's stream. Positions are sequence numbers; `following` is the next one to be given.

    The first number comes from the clock, so that a number out of an earlier life of the table (or of the whole
    cloud, which forgets everything when it stops) lies before the stream and is refused, instead of skipping records.
    """

    id = "shardId-00000001541626099285-f35f62ef"

    def __init__(self, account_id: str, table: Table) -> None:
        self.account_id = account_id
        self.table = table
        self.created_on = utcnow()
        self.starting_sequence_number = time.time_ns() * 100
        self.first = self.starting_sequence_number
        self.kept: list[Kept] = []
        self.kept_bytes = 0

    @property
    def following(self) -> int:
        return self.first + len(self.kept)

    @property
    def items(self) -> list[WireRecord]:
        return self.get(self.first, len(self.kept))

    def to_json(self) -> dict[str, Any]:
        return {
            "ShardId": self.id,
            "SequenceNumberRange": {"StartingSequenceNumber": str(self.starting_sequence_number)},
        }

    def add(self, old: Item | None, new: Item | None, identity: dict[str, str] | None = None) -> None:
        """A write that changes nothing tells nothing."""
        specification = self.table.stream_specification or {}
        if not specification.get("StreamEnabled") or old is new:
            return
        if old is not None and new is not None and same(old.attrs, new.attrs):
            return
        text = json.dumps(self._record(specification["StreamViewType"], old, new, identity))
        self.kept.append(Kept(time.time(), text))
        self.kept_bytes += len(text)
        self._trim()

    def _record(self, view: str, old: Item | None, new: Item | None, identity: dict[str, str] | None) -> dict[str, Any]:
        either: Item = old or new  # type: ignore[assignment]  # one of them is there
        keys = {name: wire(either.attrs[name]) for name in self.table.table_key_attrs}
        change: dict[str, Any] = {
            "ApproximateCreationDateTime": int(time.time()),
            "Keys": keys,
            "SequenceNumber": str(self.following),
            "StreamViewType": view,
        }
        size = sum(len(name) + either.attrs[name].size() for name in keys)
        for image, item in (("NewImage", new), ("OldImage", old)):
            if item is not None and image in IMAGES_OF_VIEW[view]:
                change[image] = {name: wire(value) for name, value in item.attrs.items()}
                size += size_of(item)
        change["SizeBytes"] = size
        record = {
            "eventID": f"{random.getrandbits(128):032x}",  # nosec B311  # an id, no secret
            "eventName": EVENT_NAMES[old is not None, new is not None],
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self.table.region_name,
            "dynamodb": change,
        }
        return record | ({"userIdentity": identity} if identity else {})

    def _trim(self) -> None:
        oldest = time.time() - MAX_AGE_SECONDS
        if self.kept_bytes <= MAX_BYTES and self.kept[0].written_at >= oldest:
            return
        while self.kept and (self.kept_bytes > MAX_BYTES * 0.9 or self.kept[0].written_at < oldest):
            # In one go, not one at a time: taking from the front of a list moves all that follows.
            gone = self.kept[: max(1, len(self.kept) // 10)]
            del self.kept[: len(gone)]
            self.first += len(gone)
            self.kept_bytes -= sum(len(record.text) for record in gone)

    def take_back(self, position: int) -> None:
        """Forgets the records from this position on: their write was cancelled before anybody could read them."""
        gone = self.kept[position - self.first :]
        del self.kept[position - self.first :]
        self.kept_bytes -= sum(len(record.text) for record in gone)

    def get(self, start: int, quantity: int) -> list[WireRecord]:
        """At most `quantity` records and one megabyte. Raises when the record at `start` is kept no more."""
        if start < self.first:
            raise trimmed()
        records, total = list[WireRecord](), 0
        for kept in itertools.islice(self.kept, start - self.first, start - self.first + quantity):
            total += len(kept.text)
            if records and total > MAX_ANSWER_BYTES:
                break
            records.append(WireRecord(json.loads(kept.text)))
        return records


def wire(value: DynamoType) -> dict[str, Any]:
    """An attribute value as AWS writes it in JSON: binary in base64."""
    kind, content = value.type, value.value
    if kind == "M":
        return {kind: {name: wire(member) for name, member in content.items()}}
    if kind == "L":
        return {kind: [wire(member) for member in content]}
    if kind == "B":
        return {kind: base64_text(content)}
    if kind == "BS":
        return {kind: [base64_text(member) for member in content]}
    return {kind: content}


def base64_text(content: bytes | str) -> str:
    return content if isinstance(content, str) else base64.b64encode(content).decode()


def stream_of(backend: DynamoDBStreamsBackend, arn: str) -> Shard:
    """The shard behind a stream's ARN; the stream of a table that was deleted and made anew is another stream."""
    table_arn, _, label = arn.partition("/stream/")
    table = backend.dynamodb.tables.get(table_arn.rpartition("/")[2])
    if table is None or table.stream_shard is None or label != table.latest_stream_label:
        raise ResourceNotFoundException()
    return table.stream_shard  # type: ignore[return-value]  # it is one of ours, see mend()


def iterator(arn: str, position: int) -> str:
    """An iterator carries its position: nothing is kept for it (moto keeps every one that was ever given)."""
    return f"{arn}|1|{base64.urlsafe_b64encode(str(position).encode()).decode()}"


class Token(NamedTuple):
    """What a shard iterator is to moto's handler: something with an `arn`."""

    arn: str


def get_shard_iterator(
    self: DynamoDBStreamsBackend,
    arn: str,
    shard_id: str,
    shard_iterator_type: str,
    sequence_number: int | None = None,
) -> Token:
    shard = stream_of(self, arn)
    if shard_id != shard.id:
        raise ResourceNotFoundException()
    if shard_iterator_type == "TRIM_HORIZON":
        position = shard.first
    elif shard_iterator_type == "LATEST":
        position = shard.following
    elif sequence_number is None:
        raise invalid(f"SequenceNumber is needed for {shard_iterator_type}")
    else:
        position = sequence_number + (shard_iterator_type == "AFTER_SEQUENCE_NUMBER")
    if position < shard.first:
        raise trimmed()
    return Token(iterator(arn, position))


def get_records(self: DynamoDBStreamsBackend, iterator_arn: str, limit: int) -> dict[str, Any]:
    arn, _, position = iterator_arn.rpartition("|1|")
    try:
        start = int(base64.urlsafe_b64decode(position))
    except (ValueError, binascii.Error):
        raise invalid("Invalid ShardIterator") from None
    records = stream_of(self, arn).get(start, min(limit, MAX_ANSWER_RECORDS))
    return {"NextShardIterator": iterator(arn, start + len(records)), "Records": records}


def describe_stream(original: Callable[..., dict[str, Any]], self: DynamoDBStreamsBackend, arn: str) -> dict[str, Any]:
    stream_of(self, arn)
    return original(self, arn)


def mend() -> None:
    instead(tables, StreamShard=Shard)
    around(DynamoDBStreamsBackend, "describe_stream", describe_stream)
    instead(DynamoDBStreamsBackend, get_shard_iterator=get_shard_iterator, get_records=get_records)
