"""Handlers fed from a queue."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.clients import Clients
from infra.local.sources import QueueMapping, payload
from infra.local.sources.queues import Receive, next_receive
from tests.infra.sources.parts import (
    QUEUE_ARN,
    Handler,
    a_queue,
    eventually,
    put_messages,
    running,
    waiting,
)


def test_without_a_window_a_batch_is_what_the_first_answer_brings() -> None:
    mapping = QueueMapping("inbox", QUEUE_ARN, batch_size=5)
    assert next_receive(mapping, 0, 0.0) == Receive(5, 1)
    assert next_receive(mapping, 2, 0.0) is None


def test_with_a_window_a_batch_is_filled_until_it_is_full_or_the_window_is_over() -> None:
    mapping = QueueMapping("inbox", QUEUE_ARN, batch_size=25, window_seconds=5)
    assert next_receive(mapping, 0, 0.0) == Receive(10, 1)
    assert next_receive(mapping, 10, 1.0) == Receive(10, 1)
    assert next_receive(mapping, 20, 1.0) == Receive(5, 1)
    assert next_receive(mapping, 20, 4.5) == Receive(5, 0)
    assert next_receive(mapping, 20, 5.0) is None
    assert next_receive(mapping, 25, 1.0) is None


def test_what_one_invocation_can_not_carry_goes_in_several() -> None:
    sizes = [payload.LIMIT_BYTES // 2, payload.LIMIT_BYTES // 2, 1, payload.LIMIT_BYTES + 1, 7]
    assert payload.parts(sizes, lambda size: size) == [sizes[:2], sizes[2:3], sizes[3:4], sizes[4:]]


def test_messages_that_were_handled_are_deleted(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients)
    put_messages(clients, url, [str(n) for n in range(25)])
    handler = Handler()
    with running(QueueMapping("inbox", arn), handler, clients, tmp_path):
        eventually(lambda: waiting(clients, url) == (0, 0))
    assert sorted(map(int, handler.handled)) == list(range(25))
    assert max(map(len, handler.batches)) <= 10


def test_a_message_tells_its_attributes_and_how_often_it_came(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients)
    clients.sqs.send_message(
        QueueUrl=url,
        MessageBody="{}",
        MessageAttributes={"type": {"DataType": "String", "StringValue": "Placed"}},
    )
    events: list[dict[str, Any]] = []
    with running(QueueMapping("inbox", arn), events.append, clients, tmp_path):
        eventually(lambda: events)
    (record,) = events[0]["Records"]
    assert record["messageAttributes"]["type"]["stringValue"] == "Placed"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    times = {"SentTimestamp", "ApproximateFirstReceiveTimestamp"}
    assert set(record["attributes"]) >= times | {"SenderId"}


def test_a_poison_message_goes_to_the_dead_letters_and_the_others_pass_it(
    clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dead_url, dead_arn = a_queue(clients, "things-dead")
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url, arn = a_queue(clients, RedrivePolicy=redrive, VisibilityTimeout="1")
    put_messages(clients, url, ["good", "poison", "fine"])
    handler = Handler(lambda name: name == "poison")
    with running(QueueMapping("inbox", arn, batch_size=1), handler, clients, tmp_path):
        eventually(lambda: waiting(clients, dead_url) == (1, 0))
    assert sorted(handler.handled) == ["fine", "good"]
    assert handler.batches.count(["poison"]) == 2
    assert waiting(clients, url) == (0, 0)
    assert "inbox failed, messages" in caplog.text
    assert "RuntimeError: poison: ['poison']" in caplog.text


def test_only_the_messages_reported_as_failed_come_again(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients, VisibilityTimeout="1")
    put_messages(clients, url, ["a", "b", "c"])
    came_before = threading.Event()

    def fails_once(name: str) -> bool:
        return name == "b" and not came_before.is_set()

    handler = Handler(fails_once, reports=True)

    def invoke(event: dict[str, Any]) -> Any:
        answer = handler(event)
        if "b" in handler.batches[-1]:
            came_before.set()
        return answer

    with running(QueueMapping("inbox", arn, partial_responses=True), invoke, clients, tmp_path):
        eventually(lambda: sorted(handler.handled) == ["a", "b", "c"])
    assert waiting(clients, url) == (0, 0)
    assert sum(batch.count("b") for batch in handler.batches) == 2


def test_a_malformed_report_fails_the_whole_batch(
    clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url, arn = a_queue(clients)
    put_messages(clients, url, ["a", "b"])
    answers: list[list[Any]] = []

    def invoke(event: dict[str, Any]) -> Any:
        answers.append(event["Records"])
        return {"batchItemFailures": [{"itemIdentifier": "stranger"}]}

    with running(QueueMapping("inbox", arn, partial_responses=True), invoke, clients, tmp_path):
        eventually(lambda: sum(map(len, answers)) == 2)
    assert waiting(clients, url) == (0, 2)
    assert "'stranger', which is not in the batch" in caplog.text


def test_a_report_is_ignored_when_the_mapping_does_not_ask_for_it(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients)
    put_messages(clients, url, ["a"])
    handler = Handler(lambda name: True, reports=True)
    with running(QueueMapping("inbox", arn), handler, clients, tmp_path):
        eventually(lambda: waiting(clients, url) == (0, 0))
    assert handler.batches == [["a"]]


def test_a_batch_waits_for_its_window_to_be_filled(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients)
    put_messages(clients, url, [str(n) for n in range(12)])
    handler = Handler()
    mapping = QueueMapping("inbox", arn, batch_size=13, window_seconds=60, concurrency=1)
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: waiting(clients, url) == (0, 12))
        assert handler.batches == []
        put_messages(clients, url, ["12"])
        eventually(lambda: waiting(clients, url) == (0, 0))
    assert list(map(len, handler.batches)) == [13]


def held_back(handler: Handler) -> tuple[Callable[[dict[str, Any]], Any], threading.Event, threading.Event]:
    """The handler, an event that says that it runs, and one that lets it end."""
    runs, may_end = threading.Event(), threading.Event()

    def invoke(event: dict[str, Any]) -> Any:
        runs.set()
        assert may_end.wait(30)
        return handler(event)

    return invoke, runs, may_end


def test_a_stop_finishes_what_is_in_flight_and_leaves_the_rest_visible(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients, VisibilityTimeout="600")
    put_messages(clients, url, ["a", "b", "c"])
    handler = Handler()
    invoke, runs, may_end = held_back(handler)
    mapping = QueueMapping("inbox", arn, batch_size=1, concurrency=1)
    with running(mapping, invoke, clients, tmp_path) as stop:
        assert runs.wait(30)
        stop.set()
        may_end.set()
    assert handler.batches == [["a"]]
    assert waiting(clients, url) == (2, 0)


def test_a_stop_gives_back_the_messages_that_wait_for_their_window(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients, VisibilityTimeout="600")
    put_messages(clients, url, ["a", "b"])
    handler = Handler()
    mapping = QueueMapping("inbox", arn, window_seconds=300)
    with running(mapping, handler, clients, tmp_path):
        eventually(lambda: waiting(clients, url) == (0, 2))
    assert handler.batches == []
    assert waiting(clients, url) == (2, 0)


def test_no_more_batches_are_handled_at_once_than_the_mapping_allows(clients: Clients, tmp_path: Path) -> None:
    url, arn = a_queue(clients, VisibilityTimeout="600")
    put_messages(clients, url, ["a", "b", "c"])
    both = threading.Barrier(2)
    started: list[str] = []
    may_end = threading.Event()

    def invoke(event: dict[str, Any]) -> None:
        started.append(event["Records"][0]["body"])
        if len(started) <= 2:
            both.wait(30)
        assert may_end.wait(30)

    mapping = QueueMapping("inbox", arn, batch_size=1, concurrency=2)
    with running(mapping, invoke, clients, tmp_path):
        eventually(lambda: len(started) == 2)
        assert waiting(clients, url) == (1, 2)
        may_end.set()
        eventually(lambda: waiting(clients, url) == (0, 0))


def test_a_queue_that_is_not_there_yet_is_awaited(
    clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handler = Handler()
    with running(QueueMapping("inbox", QUEUE_ARN), handler, clients, tmp_path):
        eventually(lambda: "trying on" in caplog.text)
        url, _ = a_queue(clients)
        put_messages(clients, url, ["a"])
        eventually(lambda: handler.handled == ["a"])
    assert caplog.text.count("trying on") == 1
