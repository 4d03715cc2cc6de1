"""The cloud in memory does what moto does: one suite of operations, run on both."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct

from chassis import aws, items
from chassis.writes import Claim, Copy, Count, Save, Tally, Write
from tests.simulation import clouds
from tests.simulation.cloud.expressions import NotUnderstood, holds, updated
from tests.simulation.clouds import HEARD, INDEX, TABLE, Small


class Cup(Struct, frozen=True):
    version: int
    level: int = 0


@pytest.fixture(params=["in memory", "moto"])
def small(request: pytest.FixtureRequest) -> Iterator[Small]:
    """A small cloud of each kind in turn."""
    if request.param == "moto":
        request.getfixturevalue("cloud")
    yield clouds.on_moto() if request.param == "moto" else clouds.in_memory()
    aws.use(None)


def sent(write: Write) -> dict[str, Any]:
    """The write as chassis.table sends it."""
    common = {"TableName": TABLE, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {verb: common | request for verb, request in write.request().items()}


def make(small: Small, *writes: Write) -> Any:
    """What comes of the writes: one alone, or several in a transaction."""
    if len(writes) > 1:
        return small.outcome("transact_write_items", TransactItems=[sent(each) for each in writes])
    [(verb, request)] = sent(writes[0]).items()
    return small.outcome({"Put": "put_item", "Update": "update_item"}[verb], **request)


def get(small: Small, key: str) -> Any:
    found = small.outcome("get_item", TableName=TABLE, Key={"pk": {"S": key}}, ConsistentRead=True)
    return items.read_item(found["Item"]) if found else None


def save(key: str, version: int = 1, level: int = 0, **index: str) -> Save:
    return Save(key, Cup(version, level), index=index)


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
    assert make(small, save("a"), Claim("a", "me"))[0] == "ValidationException"


def test_a_batch_gives_those_that_are_there_and_refuses_a_key_given_twice(small: Small) -> None:
    make(small, save("a"))
    asked: dict[str, Any] = {"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}], "ConsistentRead": True}
    got = small.outcome("batch_get_item", RequestItems={TABLE: asked})
    assert [item["pk"]["S"] for item in got["Responses"][TABLE]] == ["a"]
    asked["Keys"] = [{"pk": {"S": "a"}}] * 2
    assert small.outcome("batch_get_item", RequestItems={TABLE: asked})[0] == "ValidationException"


def page(small: Small, bound: str | None = None, **asked: Any) -> tuple[list[str], Any]:
    limit = {":range": {"S": bound}} if bound else {}
    got = small.outcome(
        "query",
        **{"TableName": TABLE, "IndexName": INDEX, "Limit": 2}
        | asked
        | {
            "KeyConditionExpression": "#hash = :hash" + (" AND #range <= :range" if bound else ""),
            "ExpressionAttributeNames": {"#hash": "shelf"} | ({"#range": "place"} if bound else {}),
            "ExpressionAttributeValues": {":hash": {"S": "top"}} | limit,
        },
    )
    return [item["pk"]["S"] for item in got.get("Items", ())], got.get("LastEvaluatedKey")


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


def a_write(chance: random.Random, key: str) -> Write:
    """Any of the writes there are, on one of few keys: most meet another one."""
    version, level = chance.randint(1, 4), chance.randint(-3, 3)
    index = {"shelf": chance.choice(["top", "low"]), "place": str(chance.randint(1, 9))}
    kinds: list[Write] = [
        Save(key, Cup(version, abs(level)), facts=(Cup,) * chance.randint(0, 1), index=index),
        Copy(key, Cup(version, abs(level))),
        Count(key, {"level": level}, expect={"level": chance.randint(0, 3)} if chance.random() < 0.3 else {}),
        Claim(f"name-{key}", chance.choice(["me", "you"])),
        Tally(f"tally-{key}", at_most=3, expires=7),
    ]
    return chance.choice(kinds)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_written_both_clouds_answer_and_hold_the_same(cloud: None, seed: int) -> None:
    chance, memory, moto = random.Random(seed), clouds.in_memory(), clouds.on_moto()
    for _ in range(150):
        keys = chance.sample("abcde", chance.choice([1, 1, 2, 3]))
        writes = [a_write(chance, key) for key in keys]
        assert make(memory, *writes) == make(moto, *writes), writes
        assert page(memory)[0] == page(moto)[0]
    held = memory.dynamodb.tables[TABLE].items
    assert held == {item["pk"]["S"]: item for item in moto.dynamodb.scan(TableName=TABLE)["Items"]}


@pytest.mark.parametrize(
    "text",
    ["a = :a OR b = :b AND c = :c", "contains(a, :a)", "a <> :a", "NOT a = :a", "(a = :a)", "a BETWEEN :a AND :b"],
)
def test_a_condition_that_nobody_here_writes_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        holds(text, {}, {":a": {"S": "x"}, ":b": {"S": "y"}}, {"a": {"S": "x"}})


@pytest.mark.parametrize("text", ["SET a = a + :a", "DELETE a :a", "SET a = if_not_exists(a, :a)", "REMOVE a[0]"])
def test_an_update_that_nobody_here_writes_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        updated(text, {}, {":a": {"N": "1"}}, {"a": {"N": "1"}})


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


def test_a_transaction_is_not_larger_than_4_mb_which_moto_does_not_look_at() -> None:
    small = clouds.in_memory()
    puts = [
        {"Put": {"TableName": TABLE, "Item": {"pk": {"S": str(n)}, "text": {"S": "x" * 400_000}}}} for n in range(11)
    ]
    assert small.outcome("transact_write_items", TransactItems=puts)[0] == "ValidationException"
    assert small.outcome("transact_write_items", TransactItems=puts[:10]) == {}
