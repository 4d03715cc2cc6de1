"""Queues: who gets a message, when again, and when no longer."""

import json
import random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import Message

from infra.local.moto import lines
from infra.local.moto.lines import Line
from tests.infra.moto.faults import client

DEAD = "arn:aws:sqs:us-east-1:123456789012:dead"


class Clock:
    """The clock of the lines, in milliseconds."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(lines, "milliseconds", clock)
    return clock


def a_message(name: str, delayed_until: float = 0) -> Message:
    message = Message(name, name)
    message.delayed_until = delayed_until
    return message


def everybody(_: Message) -> bool:
    return True


def take(line: Line, count: int, until: float) -> list[str]:
    """Takes messages as a receiver does, hidden until the given time."""
    taken = line.take(count, everybody)
    for message in taken:
        message.mark_received()
        message.visible_at = until
        line.file(message)
    return [message.id for message in taken]


def test_messages_come_in_the_order_of_their_arrival_and_again_when_their_time_is_over(clock: Clock) -> None:
    line = Line()
    for name in "abc":
        line.add(a_message(name))
    assert take(line, 2, clock.now + 100) == ["a", "b"]
    assert take(line, 2, clock.now + 500) == ["c"]
    assert take(line, 2, clock.now) == []
    clock.now += 100
    assert take(line, 9, clock.now) == ["a", "b"]
    clock.now += 400
    assert take(line, 9, clock.now) == ["a", "b", "c"]


def test_a_delayed_message_comes_when_it_is_due(clock: Clock) -> None:
    line = Line()
    line.add(a_message("late", clock.now + 50))
    assert line.counts() == (0, 0, 1)
    assert take(line, 1, 0) == []
    clock.now += 50
    assert line.counts() == (1, 0, 0)
    assert take(line, 1, clock.now + 9) == ["late"]
    assert line.counts() == (0, 1, 0)


def test_a_deleted_message_never_comes_again_whatever_was_in_store_for_it(clock: Clock) -> None:
    line = Line()
    for name in "ab":
        line.add(a_message(name))
    take(line, 2, clock.now + 100)
    for message in line.messages():
        if message.id == "a":
            line.remove(message)
    clock.now += 100
    assert take(line, 9, clock.now) == ["b"]


@pytest.mark.parametrize("seed", range(5))
def test_in_any_history_each_message_is_with_one_receiver_at_most(clock: Clock, seed: int) -> None:
    chance, line = random.Random(seed), Line()
    present: set[str] = set()
    free_at: dict[str, float] = {}
    for step in range(2000):
        action = chance.choice(["add", "take", "take", "delete", "change", "wait"])
        if action == "add":
            delay = clock.now + chance.choice([0, 0, 20])
            line.add(a_message(str(step), delay))
            present.add(str(step))
            free_at[str(step)] = delay
        elif action == "take":
            expected = sorted((n for n in present if free_at[n] <= clock.now), key=int)
            count, until = chance.randint(1, 10), clock.now + chance.choice([0, 10, 30])
            assert take(line, count, until) == expected[:count]
            free_at |= dict.fromkeys(expected[:count], until)
        elif action == "wait":
            clock.now += chance.randint(1, 15)
        elif handles := [m for m in line.messages() if m.receipt_handle]:
            message = chance.choice(handles)
            assert line.holder(message.receipt_handle or "") is message
            if action == "delete":
                line.remove(message)
                present.remove(message.id)
            else:
                message.visible_at = free_at[message.id] = clock.now + chance.choice([0, 25])
                line.file(message)
        ready, flying, delayed = line.counts()
        assert ready == sum(free_at[name] <= clock.now for name in present)
        assert ready + flying + delayed == len(present)


def a_queue(sqs: Any, name: str = "inbox", **attributes: str) -> str:
    url: str = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url


def test_a_message_that_was_received_too_often_goes_to_the_dead_letters(cloud: None) -> None:
    sqs = client("sqs")
    dead = a_queue(sqs, "dead")
    redrive = json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 3})
    url = a_queue(sqs, RedrivePolicy=redrive, VisibilityTimeout="0")
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    received = [len(sqs.receive_message(QueueUrl=url).get("Messages", [])) for _ in range(5)]
    assert received == [1, 1, 1, 0, 0]
    assert [m["Body"] for m in sqs.receive_message(QueueUrl=dead)["Messages"]] == ["poison"]


def test_a_handle_of_a_message_that_is_gone_may_be_used_again_and_an_unknown_one_not(cloud: None) -> None:
    sqs = client("sqs")
    url = a_queue(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="m")
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    for _ in range(2):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="never given")


def test_a_message_for_a_queue_that_is_gone_goes_to_the_dead_letters_of_its_subscription(cloud: None) -> None:
    sqs, sns = client("sqs"), client("sns")
    dead, inbox, other = a_queue(sqs, "dead"), a_queue(sqs), a_queue(sqs, "other")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    for name in ("inbox", "other"):
        attributes = {"RawMessageDelivery": "true", "RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD})}
        endpoint = DEAD.replace("dead", name)
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes=attributes)
    sqs.delete_queue(QueueUrl=inbox)
    sns.publish(TopicArn=topic, Message="m")
    for url in (dead, other):
        assert [m["Body"] for m in sqs.receive_message(QueueUrl=url)["Messages"]] == ["m"]
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
