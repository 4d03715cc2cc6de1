"""Which shards are read when, and from where."""

import logging
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from infra.local.sources.checkpoints import FINISHED, LATEST, TRIM_HORIZON, Checkpoints, Position, after
from infra.local.sources.shards import Reader, Shard, ready, starting
from tests.infra.sources.parts import STREAM_ARN

PARENT = Shard("parent", None, closed=True)
CHILD = Shard("child", "parent", closed=False)


def test_a_child_is_read_after_its_parent() -> None:
    assert ready([PARENT, CHILD], {"parent": TRIM_HORIZON, "child": TRIM_HORIZON}) == [PARENT]
    assert ready([PARENT, CHILD], {"parent": FINISHED, "child": TRIM_HORIZON}) == [CHILD]


def test_a_child_whose_parent_the_stream_has_dropped_is_read() -> None:
    assert ready([CHILD], {"child": TRIM_HORIZON}) == [CHILD]


def test_a_new_mapping_starts_at_the_oldest_record_or_beyond_the_newest() -> None:
    assert starting([PARENT, CHILD], "TRIM_HORIZON") == {"parent": TRIM_HORIZON, "child": TRIM_HORIZON}
    assert starting([PARENT, CHILD], "LATEST") == {"parent": FINISHED, "child": LATEST}


class Stream:
    """A stream of one shard with the records `oldest` to `newest`."""

    def __init__(self, oldest: int = 10, newest: int = 12, closed: bool = False) -> None:
        self.newest = newest
        self._oldest = oldest
        self._closed = closed

    def get_shard_iterator(self, ShardIteratorType: str, SequenceNumber: str = "", **_: Any) -> Any:
        if SequenceNumber and int(SequenceNumber) < self._oldest:
            raise ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetShardIterator")
        if ShardIteratorType == "LATEST":
            return {"ShardIterator": str(self.newest + 1)}
        if ShardIteratorType == "AT_SEQUENCE_NUMBER":
            return {"ShardIterator": SequenceNumber}
        return {"ShardIterator": str(int(SequenceNumber) + 1 if SequenceNumber else self._oldest)}

    def get_records(self, ShardIterator: str, Limit: int) -> Any:
        numbers = range(int(ShardIterator), self.newest + 1)[:Limit]
        records = [{"eventID": "", "eventName": "INSERT", "dynamodb": {"SequenceNumber": str(n)}} for n in numbers]
        following = int(ShardIterator) + len(numbers)
        is_over = self._closed and following > self.newest
        return {"Records": records, **({} if is_over else {"NextShardIterator": str(following)})}


def a_reader(stream: Stream, position: Position = TRIM_HORIZON) -> Reader:
    return Reader(cast(Any, stream), STREAM_ARN, "shard", position)


def test_a_reader_at_the_latest_record_sees_what_is_written_between_its_readings() -> None:
    stream = Stream()
    reader = a_reader(stream, LATEST)
    assert reader.read(10) == []
    stream.newest = 14
    assert [record["dynamodb"]["SequenceNumber"] for record in reader.read(10)] == ["13", "14"]
    assert reader.position == after("14")


def test_a_reader_goes_on_after_what_it_has_read() -> None:
    reader = a_reader(Stream())
    assert [record["dynamodb"]["SequenceNumber"] for record in reader.read(2)] == ["10", "11"]
    assert [record["dynamodb"]["SequenceNumber"] for record in reader.read(2)] == ["12"]
    assert reader.position == after("12")


def test_a_closed_shard_ends_with_its_last_record() -> None:
    reader = a_reader(Stream(closed=True))
    reader.read(2)
    assert not reader.ended
    reader.read(2)
    assert reader.ended


def test_a_position_that_the_stream_has_dropped_gives_way_to_the_oldest_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader = a_reader(Stream(), after("3"))
    with caplog.at_level(logging.WARNING):
        assert reader.read(10) == []
    assert "the stream has dropped" in caplog.text
    assert len(reader.read(10)) == 3


def test_a_kept_position_that_a_stream_which_counts_anew_never_had_gives_way_to_the_oldest() -> None:
    reader = a_reader(Stream(oldest=1, newest=2), after("3298"))
    assert [record["dynamodb"]["SequenceNumber"] for record in reader.read(10)] == ["1", "2"]


def test_a_kept_position_whose_record_is_there_is_gone_on_from_and_one_gone_back_to_is_looked_at_again() -> None:
    reader = a_reader(Stream(), after("11"))
    assert [record["dynamodb"]["SequenceNumber"] for record in reader.read(10)] == ["12"]
    reader.go_back(after("3298"))
    assert len(reader.read(10)) == 3


def test_positions_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "not there yet" / "relay.json"
    Checkpoints(path, STREAM_ARN).move("shard", after("7"))
    assert Checkpoints(path, STREAM_ARN).positions() == {"shard": after("7")}
    assert Checkpoints(path, STREAM_ARN + "2").fresh()


def test_a_file_of_positions_that_can_not_be_read_is_told_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "relay.json"
    path.write_text('{"stream": ')
    assert Checkpoints(path, STREAM_ARN).fresh()
    assert "relay.json can not be read" in caplog.text


def test_positions_of_dropped_shards_are_forgotten(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "relay.json", STREAM_ARN)
    checkpoints.move("old", FINISHED)
    checkpoints.move("new", TRIM_HORIZON)
    checkpoints.keep_only({"new"})
    assert checkpoints.positions() == {"new": TRIM_HORIZON}
