"""A batch of messages: each is heard on its own, and the one that fails comes again alone."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from chassis.inbox import NotHeard, Reaction, hear
from chassis.messages import Message
from tests.lines import lines, measured


class Said(Struct):
    word: str


class Ears:
    """Reactions that remember what they heard, and fail on request."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def when_said(self, heard: Message[Said]) -> None:
        if heard.data.word == "poison":
            raise RuntimeError("can not stand this")
        self.heard.append(heard.data.word)

    @property
    def reactions(self) -> dict[str, Reaction]:
        return {"emporium.talk.Said.v1": self.when_said}


def a_body(word: Any = "hello", type: str = "emporium.talk.Said.v1", **changes: Any) -> str:
    message = Message(
        id="talk/1/1/0",
        source="/emporium/talk",
        type=type,
        subject="1",
        time=datetime(2026, 3, 1, 12, tzinfo=UTC),
        sequence="0000000001",
        data={"word": word},
    )
    return msgspec.json.encode(msgspec.to_builtins(message) | changes).decode()


def a_batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]}


def failures(answer: dict[str, Any]) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


POISON = [
    pytest.param(a_body("poison"), id="the reaction fails"),
    pytest.param("", id="empty"),
    pytest.param("{", id="no JSON"),
    pytest.param("[]", id="no object"),
    pytest.param('{"type":"emporium.talk.Said.v1"}', id="no id"),
    pytest.param(a_body(None), id="a field is null"),
    pytest.param(a_body(data={}), id="a field is missing"),
    pytest.param(a_body(time="noon"), id="no time"),
]


@pytest.mark.parametrize("body", POISON)
def test_a_message_that_fails_is_answered_alone_and_the_others_are_heard(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    ears = Ears()
    assert failures(hear(a_batch(a_body("one"), body, a_body("two")), ears.reactions)) == ["1"]
    assert ears.heard == ["one", "two"]


@pytest.mark.parametrize("body", POISON)
@pytest.mark.parametrize("switch", [None, "", "off", "true", "1"])
def test_without_partial_answers_a_batch_with_a_failure_comes_again_whole(
    body: str, switch: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that the mapping does not ask for is ignored, and the message would be deleted."""
    if switch is None:
        monkeypatch.delenv("PARTIAL_BATCH_RESPONSES", raising=False)
    else:
        monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", switch)
    ears = Ears()
    with pytest.raises(NotHeard, match="messages 1"):
        hear(a_batch(a_body("one"), body, a_body("two")), ears.reactions)
    assert ears.heard == ["one", "two"]


def test_messages_for_which_no_time_is_left_come_again_and_those_that_were_heard_do_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    ears = Ears()
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 9_000 - 3_000 * len(ears.heard))
    batch = a_batch(*(a_body(word) for word in ("one", "two", "three", "four")))
    assert failures(hear(batch, ears.reactions, context)) == ["2", "3"]
    assert ears.heard == ["one", "two"]
    assert [line["message_id"] for line in lines(capsys.readouterr().out, "no time is left")] == ["2", "3"]


@pytest.mark.parametrize("switch", ["on", "off"])
def test_a_batch_that_was_heard_has_no_failures(switch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", switch)
    assert failures(hear(a_batch(a_body(), a_body()), Ears().reactions)) == []
    assert failures(hear(a_batch(), Ears().reactions)) == []


@pytest.mark.parametrize("type", ["emporium.talk.Said.v2", "emporium.talk.Shouted.v1", ""])
def test_what_nobody_here_listens_to_is_let_pass(
    type: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    ears = Ears()
    assert failures(hear(a_batch(a_body("poison", type), a_body()), ears.reactions)) == []
    assert ears.heard == ["hello"]
    assert "nobody here listens" in capsys.readouterr().out


def test_fields_that_are_not_needed_are_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    ears = Ears()
    hear(a_batch(a_body(extra=1, data={"word": "hi", "language": "en"})), ears.reactions)
    assert ears.heard == ["hi"]


def test_what_is_heard_is_logged_under_the_trace_of_who_told_it(capsys: pytest.CaptureFixture[str]) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    hear(a_batch(a_body(traceparent=f"00-{trace}-00f067aa0ba902b7-01")), Ears().reactions)
    [line] = [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["message"], line["event"], line["trace"].split("-")[1]) == ("heard", "talk/1/1/0", trace)


def test_what_failed_and_what_came_again_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    monkeypatch.setenv("METRICS", "on")
    batch = a_batch(a_body("one"), a_body("poison"), a_body("two"), a_body("three"))
    for record, times in zip(batch["Records"], ("1", "4", "2", "1"), strict=True):
        record["attributes"] = {"ApproximateReceiveCount": times}
    hear(batch, Ears().reactions)
    told = lines(capsys.readouterr().out)
    assert list(measured(told)) == [("MessagesFailed", 1), ("MessagesRetried", 2)]
    assert [line["received"] for line in told if line["message"] == "not heard"] == [4]


def test_a_batch_that_is_heard_at_once_counts_as_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("METRICS", "on")
    hear(a_batch(a_body("one")), Ears().reactions)
    assert list(measured(lines(capsys.readouterr().out))) == []


def test_what_can_not_be_read_is_not_told_within_the_trace_of_the_message_before_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    hear(a_batch(a_body(traceparent=f"00-{trace}-00f067aa0ba902b7-01"), "{"), Ears().reactions)
    heard, failed = lines(capsys.readouterr().out)
    assert (heard["message"], failed["message"]) == ("heard", "not heard")
    assert trace in heard["trace"]
    assert trace not in failed["trace"]
