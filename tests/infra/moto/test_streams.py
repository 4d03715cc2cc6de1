"""What a stream keeps, and what it says of what it has kept no longer."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.moto import streams
from tests.infra.moto.faults import Stream, a_table, client, key, put

TRIMMED = "TrimmedDataAccessException"


def code(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return str(refused.value.response["Error"]["Code"])


def names(records: list[dict[str, Any]]) -> list[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in records]


def test_the_stream_holds_the_newest_records_up_to_its_bound(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_BYTES", 20_000)
    dynamodb = a_table()
    for number in range(500):
        dynamodb.put_item(**put(str(number), text={"S": "x" * 100}))
    kept = names(Stream().read())
    assert 10 < len(kept) < 100
    assert kept == [str(number) for number in range(500 - len(kept), 500)]


def test_who_asks_for_what_was_trimmed_is_told_so(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = a_table()
    dynamodb.put_item(**put("first"))
    late, early = Stream(), Stream()
    [first] = early.read()
    monkeypatch.setattr(streams, "MAX_BYTES", 1_000)
    for number in range(20):
        dynamodb.put_item(**put(str(number)))
    assert code(late.read) == TRIMMED
    arn = late.client.list_streams(TableName="things")["Streams"][0]["StreamArn"]
    at = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": first["dynamodb"]["SequenceNumber"]}
    assert code(late.client.get_shard_iterator, StreamArn=arn, ShardId=streams.Shard.id, **at) == TRIMMED
    assert names(Stream().read())[-1] == "19"


def test_records_go_after_a_day(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = a_table()
    dynamodb.put_item(**put("yesterday"))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + streams.MAX_AGE_SECONDS + 1)
    dynamodb.put_item(**put("today"))
    monkeypatch.undo()
    assert names(Stream().read()) == ["today"]


def test_an_answer_holds_a_megabyte_at_most_and_the_next_goes_on(cloud: None) -> None:
    dynamodb = a_table()
    for number in range(5):
        dynamodb.put_item(**put(str(number), text={"S": "x" * 300_000}))
    stream = Stream()
    portions = [names(stream.read()) for _ in range(3)]
    assert portions == [["0", "1", "2"], ["3", "4"], []]


def test_a_position_after_a_record_begins_with_the_next(cloud: None) -> None:
    dynamodb = a_table()
    for name in "abc":
        dynamodb.put_item(**put(name))
    stream = Stream()
    second = stream.read()[1]["dynamodb"]["SequenceNumber"]
    arn = stream.client.list_streams(TableName="things")["Streams"][0]["StreamArn"]
    for kind, expected in (("AT_SEQUENCE_NUMBER", ["b", "c"]), ("AFTER_SEQUENCE_NUMBER", ["c"]), ("LATEST", [])):
        where = {"StreamArn": arn, "ShardId": streams.Shard.id, "ShardIteratorType": kind}
        where |= {} if kind == "LATEST" else {"SequenceNumber": second}
        iterator = stream.client.get_shard_iterator(**where)["ShardIterator"]
        assert names(stream.client.get_records(ShardIterator=iterator)["Records"]) == expected


def test_the_stream_of_an_earlier_table_of_that_name_is_unknown(cloud: None) -> None:
    dynamodb = a_table()
    old = Stream()
    arn = old.client.list_streams(TableName="things")["Streams"][0]["StreamArn"]
    dynamodb.delete_table(TableName="things")
    a_table().put_item(**put("new"))
    start = {"StreamArn": arn, "ShardId": streams.Shard.id, "ShardIteratorType": "TRIM_HORIZON"}
    assert code(old.client.get_shard_iterator, **start) == "ResourceNotFoundException"
    assert code(old.read) == "ResourceNotFoundException"
    assert code(old.client.describe_stream, StreamArn=arn) == "ResourceNotFoundException"


def test_a_record_carries_the_images_that_the_view_asks_for(cloud: None) -> None:
    dynamodb = client("dynamodb")
    images = {"KEYS_ONLY": set(), "NEW_IMAGE": {"NewImage"}, "OLD_IMAGE": {"OldImage"}}
    for view, expected in (images | {"NEW_AND_OLD_IMAGES": {"NewImage", "OldImage"}}).items():
        dynamodb.create_table(
            TableName="things",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        )
        dynamodb.put_item(**put("a"))
        dynamodb.put_item(**put("a", binary={"B": b"\x00"}))
        change = Stream().read()[1]["dynamodb"]
        assert {name for name in change if name.endswith("Image")} == expected
        assert change.get("NewImage", {"binary": {"B": b"\x00"}})["binary"] == {"B": b"\x00"}
        dynamodb.delete_table(TableName="things")


def test_an_update_that_fails_for_a_new_item_leaves_no_item_and_no_record(cloud: None) -> None:
    dynamodb = a_table()
    adding = {"UpdateExpression": "SET m.x = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    assert code(dynamodb.update_item, **key("new"), **adding) == "ValidationException"
    assert "Item" not in dynamodb.get_item(**key("new"))
    assert Stream().read() == []
