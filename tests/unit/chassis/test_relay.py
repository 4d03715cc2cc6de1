"""The relay over a topic and a queue of this test's own: what is sent, in which calls, and what comes again."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from chassis import aws, items
from chassis.relay import NotPublished, relay
from tests.lines import lines, measured

LIMIT = 256 * 1024
Refuse = Callable[[str], dict[str, Any] | None]


class CupFilled(Struct):
    id: str
    note: str = ""


class Cloud:
    """A topic and a queue: refuses, by the id of the cup, as a test says."""

    def __init__(self) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.parked: list[dict[str, Any]] = []
        self.refuse: Refuse = lambda cup: None

    def publish_batch(self, TopicArn: str, PublishBatchRequestEntries: list[dict[str, Any]]) -> dict[str, Any]:
        assert TopicArn == "topic"
        self.calls.append(PublishBatchRequestEntries)
        refused = [(each["Id"], self.refuse(cup_of(each))) for each in PublishBatchRequestEntries]
        return {"Failed": [{"Id": id, **why} for id, why in reversed(refused) if why]}

    def send_message(self, **message: Any) -> None:
        assert message["QueueUrl"] == "dead-letters"
        self.parked.append(message)

    @property
    def published(self) -> list[str]:
        """The cups of all entries that were taken, in order."""
        return [cup for call in self.calls for cup in map(cup_of, call) if self.refuse(cup) is None]


def cup_of(entry: dict[str, Any]) -> str:
    return str(msgspec.json.decode(entry["Message"])["data"]["id"])


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("KITCHEN_TOPIC_ARN", "topic")
    monkeypatch.setenv("KITCHEN_RELAY_DLQ_URL", "dead-letters")
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    made = Cloud()
    aws.use(lambda service: made)
    yield made
    aws.use(None)


def a_record(cup: str, *, note: str = "", facts: int = 1, fact: str = "CupFilled", version: int = 1) -> dict[str, Any]:
    told = [{"fact": fact, "trace": ""}] * facts
    item = {"pk": f"cup#{cup}", "id": cup, "version": version, "note": note, "changed_at": "2026-03-01T12:00:00Z"}
    return {"dynamodb": {"SequenceNumber": f"seq-{cup}", "NewImage": items.write_item(item | {"outbox": told})}}


def tell(*records: dict[str, Any]) -> list[str]:
    """The records that the relay answers as failed."""
    return [each["itemIdentifier"] for each in relay({"Records": records}, "kitchen", [CupFilled])["batchItemFailures"]]


def for_now(cup: str) -> Refuse:
    return lambda asked: {"Code": "InternalError", "SenderFault": False} if asked == cup else None


def for_ever(cup: str) -> Refuse:
    return lambda asked: {"Code": "InvalidParameter", "Message": "no", "SenderFault": True} if asked == cup else None


def size_of(call: list[dict[str, Any]]) -> int:
    """Bytes as SNS and SQS count them: bodies, and the name, type and value of every attribute."""
    return sum(
        len(entry["Message"].encode())
        + sum(
            len(name.encode()) + len(value["DataType"].encode()) + len(value["StringValue"].encode())
            for name, value in entry["MessageAttributes"].items()
        )
        for entry in call
    )


def test_facts_are_published_in_the_order_of_their_records_ten_to_a_call(cloud: Cloud) -> None:
    names = [f"{place:02d}" for place in range(25)]
    assert tell(*map(a_record, names)) == []
    assert cloud.published == names
    assert [len(call) for call in cloud.calls] == [10, 10, 5]
    assert {entry["MessageAttributes"]["type"]["StringValue"] for call in cloud.calls for entry in call} == {
        "emporium.kitchen.CupFilled.v1"
    }


def test_the_ids_in_a_call_differ(cloud: Cloud) -> None:
    tell(*(a_record("same") for _ in range(10)))
    assert len({entry["Id"] for entry in cloud.calls[0]}) == 10


@pytest.mark.parametrize("note", ["x" * 30_000, "é" * 20_000, "\U0001f375" * 15_000, "x" * 26_000])
def test_a_call_is_never_longer_than_sns_takes(cloud: Cloud, note: str) -> None:
    names = [f"{place:02d}" for place in range(30)]
    assert tell(*(a_record(name, note=note) for name in names)) == []
    assert cloud.published == names
    assert all(size_of(call) <= LIMIT for call in cloud.calls)


def test_a_call_may_be_exactly_as_long_as_sns_takes(cloud: Cloud) -> None:
    tell(a_record("0"), a_record("1"))
    room = LIMIT - size_of(cloud.calls[0])
    assert tell(a_record("0"), a_record("1", note="x" * room)) == []
    assert [len(call) for call in cloud.calls] == [2, 2]
    assert size_of(cloud.calls[1]) == LIMIT
    assert tell(a_record("0"), a_record("1", note="x" * (room + 1))) == []
    assert [len(call) for call in cloud.calls[2:]] == [1, 1]


def test_a_fact_that_is_longer_than_a_message_is_parked_and_blocks_nobody(cloud: Cloud) -> None:
    assert tell(a_record("a"), a_record("long", note="x" * LIMIT), a_record("b")) == []
    assert cloud.published == ["a", "b"]
    [parked] = cloud.parked
    assert "longer" in parked["MessageAttributes"]["cause"]["StringValue"]
    assert len(parked["MessageBody"].encode()) <= LIMIT


def test_the_longest_single_message_that_sns_takes_is_published(cloud: Cloud) -> None:
    tell(a_record("a"))
    room = LIMIT - size_of(cloud.calls[0])
    tell(a_record("a", note="x" * room))
    assert size_of(cloud.calls[1]) == LIMIT
    tell(a_record("a", note="x" * (room + 1)))
    assert len(cloud.parked) == 1


def test_what_failed_for_now_comes_again_with_all_that_came_after_it(cloud: Cloud) -> None:
    names = [f"{place:02d}" for place in range(30)]
    cloud.refuse = for_now("14")
    assert tell(*map(a_record, names)) == ["seq-14"]
    assert len(cloud.calls) == 2  # the third call would have told what is to come later
    cloud.refuse = lambda cup: None
    assert tell(*map(a_record, names[14:])) == []
    assert set(cloud.published) == set(names)


def test_of_several_failures_the_first_record_counts(cloud: Cloud) -> None:
    cloud.refuse = lambda cup: for_now(cup)(cup) if cup in ("c", "e") else None
    assert tell(*map(a_record, "abcdef")) == ["seq-c"]


def test_a_record_with_several_facts_of_which_one_failed_comes_again_whole(cloud: Cloud) -> None:
    cloud.refuse = for_now("b")
    assert tell(a_record("a"), a_record("b", facts=3)) == ["seq-b"]


def test_without_partial_answers_a_failure_makes_the_whole_batch_come_again(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PARTIAL_BATCH_RESPONSES")
    cloud.refuse = for_now("b")
    with pytest.raises(NotPublished, match="seq-b"):
        tell(a_record("a"), a_record("b"))


def test_what_sns_will_never_take_is_parked_with_its_cause_and_blocks_nobody(cloud: Cloud) -> None:
    cloud.refuse = for_ever("b")
    assert tell(*map(a_record, "abc")) == []
    assert cloud.published == ["a", "c"]
    [parked] = cloud.parked
    assert parked["MessageAttributes"]["cause"]["StringValue"] == "InvalidParameter: no"
    assert cup_of({"Message": parked["MessageBody"]}) == "b"


def test_what_waits_is_not_parked_with_what_never_gets_through(cloud: Cloud) -> None:
    cloud.refuse = lambda cup: for_ever("a")(cup) or for_now("b")(cup)
    assert tell(*map(a_record, "abc")) == ["seq-b"]
    assert len(cloud.parked) == 1


@pytest.mark.parametrize(
    "broken",
    [
        a_record("b", fact="CupLost"),
        {"dynamodb": {"SequenceNumber": "seq-b", "NewImage": {"outbox": {"L": []}}}},
        {"dynamodb": {"SequenceNumber": "seq-b", "NewImage": {"outbox": {"S": "x"}, "pk": {"S": "cup#b"}}}},
        {"dynamodb": {"SequenceNumber": "seq-b", "NewImage": {"outbox": {"L": []}, "x": {"N": "1.5"}}}},
        {"dynamodb": {"SequenceNumber": "seq-b", "NewImage": {"outbox": {"L": []}, "x": {"SS": ["a"]}}}},
        {"dynamodb": {"SequenceNumber": "seq-b", "NewImage": {"outbox": {"L": []}, "x": {"B": "AA=="}}}},
    ],
)
def test_a_record_that_can_not_be_read_is_parked_with_its_cause_and_blocks_nobody(
    cloud: Cloud, broken: dict[str, Any]
) -> None:
    assert tell(a_record("a"), broken, a_record("c")) == []
    assert cloud.published == ["a", "c"]
    [parked] = cloud.parked
    assert parked["MessageAttributes"]["cause"]["StringValue"]
    # what else the item holds stands in the table, and there alone
    assert "outbox" in msgspec.json.decode(parked["MessageBody"]).keys() <= {"pk", "version", "outbox"}


@pytest.mark.parametrize(
    "quiet",
    [
        {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1", "OldImage": {"outbox": {"L": []}}}},
        {"dynamodb": {"SequenceNumber": "1", "NewImage": {"pk": {"S": "cup#1"}, "version": {"N": "1"}}}},
        a_record("1", facts=0),
    ],
)
def test_what_tells_nothing_is_no_call_at_all(cloud: Cloud, quiet: dict[str, Any]) -> None:
    assert tell(quiet) == []
    assert tell() == []
    assert (cloud.calls, cloud.parked) == ([], [])


def test_what_can_not_be_parked_comes_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**message: Any) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(cloud, "send_message", full)
    with pytest.raises(ConnectionError):
        tell(a_record("a", fact="CupLost"))


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff", "\x00", "\x7f", "\U0001f375", "\u2028"])
def test_a_message_has_only_signs_that_sqs_takes(cloud: Cloud, sign: str) -> None:
    """SQS refuses all but #x9, #xA, #xD, #x20-#xD7FF, #xE000-#xFFFD and #x10000-#x10FFFF (its SendMessage)."""
    tell(a_record("a", note=sign))
    [[entry]] = cloud.calls
    assert not {"\ufffe", "\uffff"} & set(entry["Message"])
    assert all(each >= " " for each in entry["Message"])
    assert msgspec.json.decode(entry["Message"])["data"]["note"] == sign


# what is told of it


def a_traced_record(cup: str, trace: str, **more: Any) -> dict[str, Any]:
    record = a_record(cup, **more)
    for told in record["dynamodb"]["NewImage"]["outbox"]["L"]:
        told["M"]["trace"]["S"] = f"00-{trace}-00f067aa0ba902b7-01"
    return record


def test_each_line_is_told_within_the_trace_of_its_own_record(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    traces = {cup: f"{place:032x}" for place, cup in enumerate("abcd", start=1)}
    cloud.refuse = lambda cup: for_ever("b")(cup) or for_now("d")(cup)
    records = [
        a_traced_record(cup, trace, fact="CupLost" if cup == "c" else "CupFilled") for cup, trace in traces.items()
    ]
    assert tell(*records) == ["seq-d"]
    told = [(line["message"], line["trace"].split("-")[1]) for line in lines(capsys.readouterr().out)]
    assert told == [
        ("parked", traces["c"]),
        ("told", traces["a"]),
        ("parked", traces["b"]),
        ("not published", traces["d"]),
    ]


def test_what_was_parked_and_what_comes_again_is_counted(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS", "on")
    cloud.refuse = lambda cup: for_ever("b")(cup) or for_now("c")(cup)
    tell(*map(a_record, "abc"))
    assert list(measured(lines(capsys.readouterr().out))) == [("FactsParked", 1), ("BatchesDelayed", 1)]
