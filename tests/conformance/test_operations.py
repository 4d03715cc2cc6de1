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


@pytest.mark.parametrize(
    ("copies", "stays"),
    [
        ([(2, 0), (3, 0), (1, 9)], (1, 9)),  # final, told late
        ([(2, 9), (3, 0)], (2, 9)),
        ([(2, 9), (3, 9), (2, 9), (1, 0)], (3, 9)),
        ([(3, 0), (2, 0)], (3, 0)),
    ],
)
def test_a_copy_that_is_final_stays_so_whatever_is_told(
    small: Small, copies: list[tuple[int, int]], stays: tuple[int, int]
) -> None:
    for version, level in copies:
        make(small, Copy("a", Cup(version, level), final=("level", 9)))  # type: ignore[arg-type]
    assert get(small, "a") == {"pk": "a", "version": stays[0], "level": stays[1]}


@pytest.mark.parametrize("key", ["a", "none"])
def test_what_is_not_there_is_another_than_any_value(small: Small, key: str) -> None:
    make(small, save("a"))
    given = {"ExpressionAttributeNames": {"#name": "place"}, "ExpressionAttributeValues": {":value": {"S": "top"}}}
    item = {"pk": {"S": key}}
    assert "Attributes" not in small.outcome(
        "put_item", TableName=TABLE, Item=item, ConditionExpression="#name <> :value", **given
    )
    assert get(small, key) == {"pk": key}


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


def test_what_is_taken_away_is_gone_unless_its_condition_does_not_hold(small: Small) -> None:
    make(small, save("a"))
    asked: dict[str, Any] = {"TableName": TABLE, "Key": {"pk": {"S": "a"}}, "ConditionExpression": "version = :was"}
    code, _ = small.outcome("delete_item", **asked, ExpressionAttributeValues={":was": {"N": "2"}})
    assert (code, get(small, "a")) == ("ConditionalCheckFailedException", {"pk": "a", "version": 1, "level": 0})
    assert small.outcome("delete_item", **asked, ExpressionAttributeValues={":was": {"N": "1"}}) == {}
    assert get(small, "a") is None
    assert small.outcome("delete_item", TableName=TABLE, Key={"pk": {"S": "a"}}) == {}


def test_a_table_tells_when_it_was_made(small: Small) -> None:
    made = small.dynamodb.describe_table(TableName=TABLE)["Table"]["CreationDateTime"]
    assert made.tzinfo is not None
    assert made.timestamp() > 1_700_000_000


def test_a_scan_reads_all_of_a_table_by_pages_and_gives_what_its_filter_lets_through(small: Small) -> None:
    for number in range(9):
        make(small, save(f"{'cup' if number % 2 else 'can'}#{number}", level=number))
    asked: dict[str, Any] = {
        "TableName": TABLE,
        "FilterExpression": "begins_with(pk, :kind)",
        "ExpressionAttributeValues": {":kind": {"S": "cup#"}},
        "Limit": 2,
    }
    keys, page = [], small.dynamodb.scan(**asked)
    keys += page["Items"]
    while "LastEvaluatedKey" in page:
        page = small.dynamodb.scan(**asked, ExclusiveStartKey=page["LastEvaluatedKey"])
        keys += page["Items"]
    assert sorted(item["pk"]["S"] for item in keys) == ["cup#1", "cup#3", "cup#5", "cup#7"]


def test_letters_are_taken_counted_put_back_and_deleted_as_operators_do_it(small: Small) -> None:
    sent = [{"Id": str(n), "MessageBody": f"letter {n}"} for n in range(3)]
    assert [each["Id"] for each in small.sqs.send_message_batch(QueueUrl=small.dead, Entries=sent)["Successful"]] == [
        "0",
        "1",
        "2",
    ]
    assert depth(small) == (3, 0)
    taken = small.sqs.receive_message(QueueUrl=small.dead, MaxNumberOfMessages=2, VisibilityTimeout=900)["Messages"]
    assert depth(small) == (1, 2)
    [back, gone] = [each["ReceiptHandle"] for each in taken]
    visible = [{"Id": "0", "ReceiptHandle": back, "VisibilityTimeout": 0}]
    small.sqs.change_message_visibility_batch(QueueUrl=small.dead, Entries=visible)
    small.sqs.delete_message_batch(QueueUrl=small.dead, Entries=[{"Id": "0", "ReceiptHandle": gone}])
    assert depth(small) == (2, 0)


def depth(small: Small) -> tuple[int, int]:
    """How many letters can be received, and how many are out of sight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = small.sqs.get_queue_attributes(QueueUrl=small.dead, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


def test_a_queue_that_there_is_not_is_told_by_an_error_of_its_own(small: Small) -> None:
    with pytest.raises(small.sqs.exceptions.QueueDoesNotExist) as error:
        small.sqs.get_queue_url(QueueName="nowhere")
    assert error.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


@pytest.mark.parametrize(("signs", "fits"), [(409_500, True), (409_600, False)])
def test_an_item_is_not_larger_than_400_kb(small: Small, signs: int, fits: bool) -> None:
    item = {"pk": {"S": "a"}, "text": {"S": "x" * signs}}
    code = small.outcome("put_item", TableName=TABLE, Item=item)
    assert (code == {}) is fits
    assert fits or code[0] == "ValidationException"


def test_a_transaction_is_not_larger_than_4_mb(small: Small) -> None:
    puts = [
        {"Put": {"TableName": TABLE, "Item": {"pk": {"S": str(n)}, "text": {"S": "x" * 400_000}}}} for n in range(11)
    ]
    assert small.outcome("transact_write_items", TransactItems=puts)[0] == "ValidationException"
    assert small.outcome("transact_write_items", TransactItems=puts[:10]) == {}
