"""What the capabilities ask of DynamoDB, SNS and SQS has the same answers on every engine."""

from typing import Any

import pytest

from chassis import items
from chassis.writes import Copy, Count, Save, Tally
from tests.conformance.clouds import HEARD, TABLE, Small
from tests.conformance.cups import Cup, get, make, page, save


def test_what_was_put_is_read_and_what_was_not_is_not_there(small: Small) -> None:
    assert make(small, save("a", level=3)) == {}
    assert get(small, "a") == {"pk": "a", "version": 1, "level": 3}
    assert get(small, "b") is None


def test_a_first_version_is_made_once_and_the_loser_sees_what_was_there(small: Small) -> None:
    make(small, save("a", level=1))
    code, item = make(small, save("a", level=2))
    assert code == "ConditionalCheckFailedException"
    assert items.read_item(item)["level"] == 1


def test_a_next_version_goes_over_the_one_before_it_alone(small: Small) -> None:
    make(small, save("a"))
    assert make(small, save("a", 2)) == {}
    assert make(small, save("a", 2))[0] == "ConditionalCheckFailedException"
    assert make(small, save("b", 2)) == ("ConditionalCheckFailedException", None)


def test_a_copy_goes_over_an_older_one_alone(small: Small) -> None:
    assert make(small, Copy("a", Cup(2))) == {}
    assert make(small, Copy("a", Cup(10))) == {}
    assert make(small, Copy("a", Cup(9)))[0] == "ConditionalCheckFailedException"


def test_a_counter_moves_takes_the_outbox_away_and_never_falls_below_zero(small: Small) -> None:
    make(small, Save("a", Cup(1, 5), facts=(Cup,)))
    assert make(small, Count("a", {"level": -4}, expect={"level": 5})) == {}
    assert get(small, "a") == {"pk": "a", "version": 2, "level": 1}
    assert make(small, Count("a", {"level": -2}))[0] == "ConditionalCheckFailedException"
    assert make(small, Count("none", {"level": 1})) == ("ConditionalCheckFailedException", None)


def test_a_tally_stops_at_its_most(small: Small) -> None:
    outcomes = [make(small, Tally("a", at_most=2, expires=9)) for _ in range(3)]
    assert [outcome or "made" for outcome in outcomes[:2]] == ["made", "made"]
    assert outcomes[2][0] == "ConditionalCheckFailedException"
    assert get(small, "a") == {"pk": "a", "hits": 2, "expires": 9}


def test_a_transaction_is_made_as_a_whole_or_tells_of_each_write_why_not(small: Small) -> None:
    make(small, save("a", level=1))
    code, reasons = make(small, save("b"), Count("a", {"level": -2}), save("c"))
    assert code == "TransactionCanceledException"
    assert [code for code, _ in reasons] == ["None", "ConditionalCheckFailed", "None"]
    assert items.read_item(reasons[1][1])["level"] == 1
    assert [get(small, key) for key in ("b", "c")] == [None, None]
    assert make(small, save("b"), Count("a", {"level": -1})) == {}
    assert get(small, "a")["level"] == 0


def test_a_transaction_that_names_an_item_twice_is_refused(small: Small) -> None:
    assert make(small, Copy("a", Cup(1)), Copy("a", Cup(2)))[0] == "ValidationException"


def test_a_batch_gives_those_that_are_there_and_refuses_a_key_given_twice(small: Small) -> None:
    make(small, save("a"))
    asked: dict[str, Any] = {"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}], "ConsistentRead": True}
    got = small.outcome("batch_get_item", RequestItems={TABLE: asked})
    assert [item["pk"]["S"] for item in got["Responses"][TABLE]] == ["a"]
    asked["Keys"] = [{"pk": {"S": "a"}}] * 2
    assert small.outcome("batch_get_item", RequestItems={TABLE: asked})[0] == "ValidationException"


def test_an_index_is_read_in_its_order_page_by_page_and_has_only_what_carries_its_attributes(small: Small) -> None:
    for key, place in (("c", "3"), ("a", "1"), ("b", "2")):
        make(small, save(key, shelf="top", place=place))
    make(small, save("d"))
    make(small, save("e", shelf="low", place="1"))
    first, last = page(small)
    assert first == ["a", "b"]
    assert last == {"pk": {"S": "b"}, "shelf": {"S": "top"}, "place": {"S": "2"}}
    assert page(small, ExclusiveStartKey=last) == (["c"], None)
    assert page(small, ScanIndexForward=False)[0] == ["c", "b"]
    assert page(small, bound="2", Limit=5)[0] == ["a", "b"]


def test_a_topic_gives_a_queue_what_its_filter_lets_through(small: Small) -> None:
    kinds = [HEARD, "emporium.cups.CupMoved.v1", None]
    attributes = [{"type": {"DataType": "String", "StringValue": kind}} if kind else {} for kind in kinds]
    entries = [{"Id": str(n), "Message": f"m{n}", "MessageAttributes": each} for n, each in enumerate(attributes)]
    answer = small.sns.publish_batch(TopicArn=small.topic, PublishBatchRequestEntries=entries)
    assert len(answer["Successful"]) == 3
    got = small.sqs.receive_message(QueueUrl=small.inbox, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in got] == ["m0"]


@pytest.mark.parametrize("ids", [["a", "a"], [str(n) for n in range(11)]])
def test_a_batch_that_sns_does_not_take_is_refused_in_the_same_words(small: Small, ids: list[str]) -> None:
    codes = {2: "BatchEntryIdsNotDistinct", 11: "TooManyEntriesInBatchRequest"}
    entries = [{"Id": id, "Message": "m"} for id in ids]
    with pytest.raises(Exception, match=r"batch|distinct|Id") as caught:
        small.sns.publish_batch(TopicArn=small.topic, PublishBatchRequestEntries=entries)
    assert codes[len(ids)] in str(caught.value)


def test_what_was_received_too_often_is_set_aside_and_what_was_deleted_is_gone(small: Small) -> None:
    def receive(queue: str) -> list[Any]:
        got = small.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["All"])
        return list(got.get("Messages", ()))

    small.sqs.send_message(QueueUrl=small.inbox, MessageBody="poor")
    times = [message["Attributes"]["ApproximateReceiveCount"] for _ in range(2) for message in receive(small.inbox)]
    assert times == ["1", "2"]
    assert receive(small.inbox) == []
    [letter] = receive(small.dead)
    assert letter["Body"] == "poor"
    small.sqs.delete_message(QueueUrl=small.dead, ReceiptHandle=letter["ReceiptHandle"])
    assert small.sqs.receive_message(QueueUrl=small.dead).get("Messages", []) == []
