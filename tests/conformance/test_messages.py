"""From a saved fact to whoever hears it: relay, topic, queue and inbox come to the same on every engine."""

from typing import Any

import pytest
from msgspec import Struct

from chassis import inbox, messages
from chassis.messages import Message
from chassis.relay import relay
from chassis.writes import Count, Save
from tests.conformance.clouds import HEARD, Small
from tests.conformance.cups import make


class Cup(Struct, frozen=True):
    version: int
    level: int = 0
    changed_at: str = "2026-01-01T00:00:00Z"


class CupFilled(Struct, frozen=True):
    level: int


class CupMoved(Struct, frozen=True):
    level: int


class CupBroken(Struct, frozen=True):
    """What the item can not tell, for it has no such field."""

    pieces: int


FACTS = (CupFilled, CupMoved, CupBroken)


def tell(small: Small) -> dict[str, Any]:
    """Gives the relay all that the stream has, as one batch."""
    return relay({"Records": small.records()}, "cups", FACTS)


def received(small: Small, queue: str) -> list[Any]:
    asked = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
    return list(small.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, **asked).get("Messages", ()))


def batch(small: Small) -> dict[str, Any]:
    """What waits in the inbox, as Lambda hands it to a function."""
    return {
        "Records": [
            {"messageId": each["MessageId"], "body": each["Body"], "attributes": each["Attributes"]}
            for each in received(small, small.inbox)
        ]
    }


def test_a_fact_is_heard_with_its_content_by_whoever_listens_to_it(small: Small) -> None:
    heard: list[tuple[str, int]] = []

    def when_filled(fact: Message[CupFilled]) -> None:
        heard.append((fact.id, fact.data.level))

    make(small, Save("cup#a", Cup(1, 3), facts=(CupMoved, CupFilled)))
    make(small, Count("cup#a", {"level": -1}))
    assert tell(small) == {"batchItemFailures": []}
    inbox.hear(batch(small), {HEARD: when_filled})
    assert heard == [("cup/a/1/1", 3)]  # the other fact has no hearer, and the counter told none


def test_more_facts_than_a_call_takes_are_all_told_each_once(small: Small) -> None:
    for number in range(23):
        make(small, Save(f"cup#{number:02d}", Cup(1), facts=(CupFilled,)))
    tell(small)
    seen: list[str] = []
    while found := received(small, small.inbox):
        for each in found:
            seen.append(messages_id(each["Body"]))
            small.sqs.delete_message(QueueUrl=small.inbox, ReceiptHandle=each["ReceiptHandle"])
    assert sorted(seen) == [f"cup/{number:02d}/1/0" for number in range(23)]


def test_a_fact_that_can_not_be_told_is_set_aside_with_its_cause(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    make(small, Save("cup#a", Cup(1), facts=(CupBroken,)))
    make(small, Save("cup#b", Cup(1), facts=(CupFilled,)))
    assert tell(small) == {"batchItemFailures": []}
    [letter] = received(small, small.dead)
    assert '"pk":{"S":"cup#a"}' in letter["Body"]
    assert len(received(small, small.inbox)) == 1


def test_a_message_that_is_not_heard_comes_again_and_counts(small: Small) -> None:
    def fail(fact: Message[CupFilled]) -> None:
        raise RuntimeError("no room")

    make(small, Save("cup#a", Cup(1), facts=(CupFilled,)))
    tell(small)
    counts = []
    for _ in range(2):
        found = batch(small)
        counts += [each["attributes"]["ApproximateReceiveCount"] for each in found["Records"]]
        with pytest.raises(inbox.NotHeard):
            inbox.hear(found, {messages.type_of("cups", "CupFilled"): fail})
    assert counts == ["1", "2"]
    assert received(small, small.inbox) == []
    assert len(received(small, small.dead)) == 1


def messages_id(body: str) -> str:
    return inbox._head(body).id
