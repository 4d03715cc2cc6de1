"""Handlers fed from a stream."""

import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.local.clients import Clients
from infra.local.sources import StreamMapping
from infra.local.sources.streams import file_name
from tests.infra.sources.parts import Handler, a_queue, a_stream, eventually, put_items, running

NAMES = [f"item-{n:02}" for n in range(30)]


def test_all_that_was_written_is_handled_in_order(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, NAMES[:20])
    handler = Handler()
    with running(StreamMapping("relay", arn, batch_size=7), handler, clients, tmp_path):
        eventually(lambda: len(handler.handled) == 20)
        put_items(clients, NAMES[20:])
        eventually(lambda: len(handler.handled) == 30)
    assert handler.handled == NAMES
    assert [len(batch) for batch in handler.batches[:3]] == [7, 7, 6]


def test_a_record_tells_its_images(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, ["a"], state={"S": "old"})
    put_items(clients, ["a"], state={"S": "new"}, raw={"B": b"\x00\xff"})
    events: list[dict[str, Any]] = []
    with running(StreamMapping("relay", arn), events.append, clients, tmp_path):
        eventually(lambda: events)
    inserted, modified = events[0]["Records"]
    assert (inserted["eventName"], modified["eventName"]) == ("INSERT", "MODIFY")
    assert modified["dynamodb"]["Keys"] == {"id": {"S": "a"}}
    assert modified["dynamodb"]["OldImage"]["state"] == {"S": "old"}
    assert modified["dynamodb"]["NewImage"]["raw"] == {"B": "AP8="}
    assert json.loads(json.dumps(modified)) == modified


def test_a_failed_batch_is_tried_again_and_nothing_passes_it(
    clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arn = a_stream(clients)
    put_items(clients, NAMES[:10])
    failing = threading.Event()
    failing.set()
    handler = Handler(lambda name: name == "item-04" and failing.is_set())
    with running(StreamMapping("relay", arn, batch_size=5), handler, clients, tmp_path):
        eventually(lambda: len(handler.batches) >= 3)
        assert handler.handled == []
        failing.clear()
        eventually(lambda: len(handler.handled) == 10)
    assert handler.handled == NAMES[:10]
    assert "relay failed at records" in caplog.text
    assert caplog.text.count("Traceback") == 1


def test_after_a_report_only_the_failed_record_and_its_followers_are_tried_again(
    clients: Clients, tmp_path: Path
) -> None:
    arn = a_stream(clients)
    put_items(clients, NAMES[:6])
    failing = threading.Event()
    failing.set()
    handler = Handler(lambda name: name == "item-03" and failing.is_set(), reports=True)
    with running(StreamMapping("relay", arn, partial_responses=True), handler, clients, tmp_path):
        eventually(lambda: len(handler.batches) >= 2)
        failing.clear()
        eventually(lambda: len(handler.handled) == 6)
    assert handler.handled == NAMES[:6]
    assert handler.batches[0] == NAMES[:6]
    assert all(batch == NAMES[3:6] for batch in handler.batches[1:])


def test_halving_isolates_the_poison_and_its_place_is_told_to_the_destination(clients: Clients, tmp_path: Path) -> None:
    dead_url, dead_arn = a_queue(clients, "things-dead")
    arn = a_stream(clients)
    put_items(clients, NAMES[:8])
    handler = Handler(lambda name: name == "item-05")
    mapping = StreamMapping("relay", arn, bisect=True, max_attempts=1, on_failure_arn=dead_arn)
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: len(handler.handled) == 7)
    assert handler.handled == [name for name in NAMES[:8] if name != "item-05"]
    assert handler.batches.count(["item-05"]) == 2
    (message,) = clients.sqs.receive_message(QueueUrl=dead_url, MaxNumberOfMessages=10)["Messages"]
    told = json.loads(message["Body"])
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 2
    assert told["requestContext"]["functionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:relay"
    assert told["responseContext"]["functionError"] == "Unhandled"
    batch = told["DDBStreamBatchInfo"]
    assert (batch["batchSize"], batch["streamArn"]) == (1, arn)
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"]
    assert _names_at(clients, batch) == ["item-05"]


def _names_at(clients: Clients, batch: dict[str, Any]) -> list[str]:
    iterator = clients.streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    records: Any = clients.streams.get_records(ShardIterator=iterator, Limit=batch["batchSize"])["Records"]
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in records]


def test_nothing_is_given_up_while_the_destination_can_not_be_told(
    clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arn = a_stream(clients)
    put_items(clients, ["poison"])
    handler = Handler(lambda name: name == "poison")
    dead_arn = "arn:aws:sqs:us-east-1:123456789012:things-dead"
    mapping = StreamMapping("relay", arn, max_attempts=0, on_failure_arn=dead_arn)
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: "trying on" in caplog.text)
        put_items(clients, ["good"])
        assert handler.batches == [["poison"]]
        dead_url, _ = a_queue(clients, "things-dead")
        eventually(lambda: handler.handled == ["good"])
    assert len(clients.sqs.receive_message(QueueUrl=dead_url, MaxNumberOfMessages=10)["Messages"]) == 1


def test_a_stop_before_the_destination_could_be_told_gives_nothing_up(
    clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arn = a_stream(clients)
    put_items(clients, ["poison"])
    mapping = StreamMapping(
        "relay", arn, max_attempts=0, on_failure_arn="arn:aws:sqs:us-east-1:123456789012:things-dead"
    )
    with running(mapping, Handler(lambda name: True), clients, tmp_path):
        eventually(lambda: "trying on" in caplog.text)
    handler = Handler()
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: handler.handled == ["poison"])


def test_records_beyond_the_greatest_age_are_given_up(clients: Clients, tmp_path: Path) -> None:
    dead_url, dead_arn = a_queue(clients, "things-dead")
    arn = a_stream(clients)
    put_items(clients, ["old"])
    handler = Handler(lambda name: name == "old")
    mapping = StreamMapping("relay", arn, max_age_seconds=1, on_failure_arn=dead_arn)
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: _is_at_the_end(tmp_path / file_name(mapping)))
    (message,) = clients.sqs.receive_message(QueueUrl=dead_url)["Messages"]
    assert json.loads(message["Body"])["requestContext"]["condition"] == "RecordAgeExceeded"


def _is_at_the_end(checkpoint: Path) -> bool:
    return checkpoint.exists() and "AFTER_SEQUENCE_NUMBER" in checkpoint.read_text()


def test_what_was_given_up_is_not_tried_again_by_a_new_run(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, NAMES[:2])
    mapping = StreamMapping("relay", arn, bisect=True, max_attempts=1)
    poison = Handler(lambda name: name == NAMES[0])
    reached = threading.Event()

    def invoke(event: dict[str, Any]) -> None:
        poison(event)
        reached.set()
        assert stop.wait(30)
        raise SystemExit("killed")

    with running(mapping, invoke, clients, tmp_path) as stop:
        assert reached.wait(30)
    handler = Handler()
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: handler.handled)
    assert handler.handled == [NAMES[1]]


class Interrupted(Clients):
    """Clients whose stream does not answer the second time that it is asked for records."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0

    @property
    def streams(self) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(super().streams, name)

    def get_records(self, **wanted: Any) -> Any:
        self._asked += 1
        if self._asked == 2:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
        return super().streams.get_records(**wanted)


def test_a_batch_whose_reading_was_interrupted_is_read_again(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, NAMES[:2])
    handler = Handler()
    mapping = StreamMapping("relay", arn, batch_size=4, window_seconds=300)
    interrupted = Interrupted()
    with running(mapping, handler, interrupted, tmp_path):
        eventually(lambda: interrupted._asked > 2)
        put_items(clients, NAMES[2:4])
        eventually(lambda: handler.handled)
    assert handler.batches == [NAMES[:4]]


def test_a_new_run_goes_on_where_the_last_one_was(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    mapping = StreamMapping("relay", arn, batch_size=4)
    first, second = Handler(), Handler()
    put_items(clients, NAMES[:10])
    with running(mapping, first, clients, tmp_path):
        eventually(lambda: len(first.handled) == 10)
    put_items(clients, NAMES[10:15])
    with running(mapping, second, clients, tmp_path):
        eventually(lambda: len(second.handled) == 5)
    assert first.handled + second.handled == NAMES[:15]


def test_a_crash_between_handling_and_checkpoint_repeats_a_batch_and_loses_none(
    clients: Clients, tmp_path: Path
) -> None:
    """A handler that dies at a stop leaves what a crash leaves: records handled, and not known to be."""
    arn = a_stream(clients)
    mapping = StreamMapping("relay", arn, batch_size=5)
    put_items(clients, NAMES[:15])
    seen: list[str] = []
    stop_at_second = threading.Event()

    def dies_after_the_second_batch(event: dict[str, Any]) -> None:
        seen.extend(record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"])
        if len(seen) >= 10:
            stop_at_second.set()
            raise SystemExit("killed")

    with running(mapping, dies_after_the_second_batch, clients, tmp_path) as stop:
        assert stop_at_second.wait(30)
        stop.set()
    handler = Handler()
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: handler.handled[-1:] == ["item-14"])
    assert handler.handled == NAMES[5:15]
    assert seen[:10] == NAMES[:10]


def test_a_stop_while_a_batch_is_in_flight_counts_it_once(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    mapping = StreamMapping("relay", arn, batch_size=2)
    put_items(clients, NAMES[:4])
    first, second = Handler(), Handler()
    runs, may_end = threading.Event(), threading.Event()

    def invoke(event: dict[str, Any]) -> Any:
        runs.set()
        assert may_end.wait(30)
        return first(event)

    with running(mapping, invoke, clients, tmp_path) as stop:
        assert runs.wait(30)
        stop.set()
        may_end.set()
    with running(mapping, second, clients, tmp_path):
        eventually(lambda: len(second.handled) == 2)
    assert first.handled == NAMES[:2]
    assert second.handled == NAMES[2:4]


def test_a_batch_waits_for_its_window_to_be_filled(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, NAMES[:3])
    handler = Handler()
    mapping = StreamMapping("relay", arn, batch_size=5, window_seconds=300)
    with running(mapping, handler, clients, tmp_path):
        put_items(clients, NAMES[3:10])
        eventually(lambda: len(handler.handled) == 10)
    assert list(map(len, handler.batches)) == [5, 5]


def test_a_window_that_is_over_closes_the_batch(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, NAMES[:3])
    handler = Handler()
    with running(StreamMapping("relay", arn, window_seconds=0.3), handler, clients, tmp_path):
        eventually(lambda: handler.handled == NAMES[:3])


def test_records_that_no_filter_lets_through_are_passed_by_for_good(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, ["a", "b"], state={"S": "draft"})
    put_items(clients, ["c"], state={"S": "placed"})
    put_items(clients, ["d"], state={"S": "draft"})
    pattern = json.dumps({"dynamodb": {"NewImage": {"state": {"S": ["placed"]}}}})
    mapping = StreamMapping("relay", arn, patterns=(pattern,))
    handler = Handler()
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: handler.handled)
    put_items(clients, ["e"], state={"S": "placed"})
    with running(StreamMapping("relay", arn), handler, clients, tmp_path):
        eventually(lambda: len(handler.handled) > 1)
    assert handler.handled == ["c", "e"]


def test_latest_passes_by_what_was_there_before_and_nothing_after(clients: Clients, tmp_path: Path) -> None:
    arn = a_stream(clients)
    put_items(clients, ["before"])
    handler = Handler()
    mapping = StreamMapping("relay", arn, starting_position="LATEST")
    number = iter(range(1_000_000))

    def something_came() -> bool:
        put_items(clients, [str(next(number))])
        return bool(handler.handled)

    with running(mapping, handler, clients, tmp_path):
        eventually(something_came)  # then the mapping has begun; at which item, is a matter of its start
        put_items(clients, ["after"])
        eventually(lambda: handler.handled[-1:] == ["after"])
    numbers = list(map(int, handler.handled[:-1]))
    assert numbers == list(range(numbers[0], next(number)))


def test_a_stream_that_was_made_anew_is_read_from_its_start(clients: Clients, tmp_path: Path) -> None:
    handler = Handler()
    arn = a_stream(clients)
    put_items(clients, ["a", "b"])
    with running(StreamMapping("relay", arn), handler, clients, tmp_path):
        eventually(lambda: len(handler.handled) == 2)
    clients.dynamodb.delete_table(TableName="things")
    arn = a_stream(clients)
    put_items(clients, ["c"])
    with running(StreamMapping("relay", arn), handler, clients, tmp_path):
        eventually(lambda: len(handler.handled) == 3)
    assert handler.handled == ["a", "b", "c"]


class NotYet:
    """A client that is told of no stream until it is `there`."""

    def __init__(self, streams: Any) -> None:
        self._streams, self.there = streams, threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._streams, name)

    def describe_stream(self, **asked: Any) -> Any:
        if self.there.is_set():
            return self._streams.describe_stream(**asked)
        error: Any = {"Error": {"Code": "ResourceNotFoundException"}}
        raise self._streams.exceptions.ResourceNotFoundException(error, "DescribeStream")


def test_a_stream_that_is_not_there_yet_is_awaited(
    clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arn, handler = a_stream(clients), Handler()
    streams = NotYet(clients.streams)
    soon: Any = SimpleNamespace(streams=streams)
    with running(StreamMapping("relay", arn), handler, soon, tmp_path):
        eventually(lambda: "trying on" in caplog.text)
        streams.there.set()
        put_items(clients, ["a"])
        eventually(lambda: handler.handled == ["a"])
    assert caplog.text.count("trying on") == 1
