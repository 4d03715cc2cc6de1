"""Reads the shards of a DynamoDB stream: which there are, in which order, and their records."""

import logging
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.sources.checkpoints import FINISHED, LATEST, TRIM_HORIZON, Position, after
from infra.local.sources.stream_events import Record, sequence_number, to_record

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

_log = logging.getLogger(__name__)
MOST_AT_ONCE = 1000  # records in one answer of GetRecords


@dataclass(frozen=True)
class Shard:
    id: str
    parent: str | None
    closed: bool


def describe(streams: "DynamoDBStreamsClient", stream_arn: str) -> list[Shard]:
    found: list[Shard] = []
    page: dict[str, Any] = {}
    while True:
        description = streams.describe_stream(StreamArn=stream_arn, **page)["StreamDescription"]
        for shard in description["Shards"]:
            closed = "EndingSequenceNumber" in shard["SequenceNumberRange"]
            found.append(Shard(shard["ShardId"], shard.get("ParentShardId"), closed))
        if not description.get("LastEvaluatedShardId"):
            return found
        page = {"ExclusiveStartShardId": description["LastEvaluatedShardId"]}


def starting(shards: Sequence[Shard], starting_position: str) -> dict[str, Position]:
    """Where a new mapping begins; what is closed is history, which LATEST passes by."""
    if starting_position == "TRIM_HORIZON":
        return {shard.id: TRIM_HORIZON for shard in shards}
    return {shard.id: FINISHED if shard.closed else LATEST for shard in shards}


def ready(shards: Sequence[Shard], positions: Dict[str, Position]) -> list[Shard]:
    """The shards to read now: unfinished, and their parent finished or dropped by the stream."""
    known = {shard.id for shard in shards}
    open_ids = {shard_id for shard_id in known if positions.get(shard_id) != FINISHED}
    return [shard for shard in shards if shard.id in open_ids and shard.parent not in open_ids]


class Reader:
    """Reads one shard onward from a position. `ended` once a closed shard has no more to give."""

    def __init__(self, streams: "DynamoDBStreamsClient", stream_arn: str, shard_id: str, position: Position) -> None:
        self.position = position
        self.ended = False
        self._streams = streams
        self._stream_arn = stream_arn
        self._shard_id = shard_id
        self._held: str | None = None
        self._is_sure = False

    def go_back(self, position: Position) -> None:
        """To where it was kept that the reading had come."""
        self.position, self._is_sure = position, False

    def read(self, most: int) -> list[Record]:
        try:
            self._be_sure()
            page = self._page(most)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TrimmedDataAccessException":
                raise
            self._lose(self.position.sequence)
            return []
        records = [to_record(dict(record), self._stream_arn) for record in page["Records"]]
        if records:
            self.position = after(sequence_number(records[-1]))
        following = page.get("NextShardIterator")
        self.ended = not following
        self._held = following if self.position == LATEST else None
        return records

    def _be_sure(self) -> None:
        """A kept place is a place only while its record is there; once it is gone, all that is left is newer.

        DynamoDB Local does not say so: where it starts without records, a day after the last, it counts anew.
        """
        kept = self.position.sequence
        if kept and not self._is_sure:
            iterator = self._iterator(Position("AT_SEQUENCE_NUMBER", kept))
            found = self._streams.get_records(ShardIterator=iterator, Limit=1)["Records"]
            if [sequence_number(dict(record)) for record in found] != [kept]:
                self._lose(kept)
        self._is_sure = True

    def _lose(self, sequence: str | None) -> None:
        _log.warning("%s: the stream has dropped %s: reading on from its oldest", self._shard_id, sequence)
        self.position = TRIM_HORIZON

    def _page(self, most: int) -> dict[str, Any]:
        """Takes a fresh iterator for each page: one kept over a cancelled transaction goes blind in moto.

        LATEST alone has no lasting name, so its iterators are followed until there is a sequence number.
        """
        try:
            iterator = self._held or self._iterator(self.position)
            return dict(self._streams.get_records(ShardIterator=iterator, Limit=most))
        except BotoCoreError:
            raise  # no answer: what was held is still good
        except Exception:
            self._held = None
            raise

    def _iterator(self, position: Position) -> str:
        wanted: dict[str, Any] = {"ShardIteratorType": position.kind}
        if position.sequence is not None:
            wanted["SequenceNumber"] = position.sequence
        answer = self._streams.get_shard_iterator(StreamArn=self._stream_arn, ShardId=self._shard_id, **wanted)
        return answer["ShardIterator"]
