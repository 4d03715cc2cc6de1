"""A hundred writers want the last ten units, over HTTP: ten get one, and the stream tells of exactly those."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.infra.moto.running import client

UNITS = 10
WRITERS = 100
THREADS = 16


class Shelf:
    """A table with ten units of each of three things, and its stream."""

    def __init__(self, endpoint: str) -> None:
        self.name = f"shelf-{uuid.uuid4().hex}"
        self.dynamodb, self.streams = client(endpoint, "dynamodb"), client(endpoint, "dynamodbstreams")
        description = self.dynamodb.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]
        self.stream = description["LatestStreamArn"]
        for thing in "abc":
            self.dynamodb.put_item(TableName=self.name, Item={"id": {"S": thing}, "n": {"N": str(UNITS)}})

    def taking(self, thing: str) -> dict[str, Any]:
        return {
            "TableName": self.name,
            "Key": {"id": {"S": thing}},
            "UpdateExpression": "SET n = n - :one",
            "ConditionExpression": "n >= :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }

    def left(self, thing: str) -> int:
        item = self.dynamodb.get_item(TableName=self.name, Key={"id": {"S": thing}})["Item"]
        return int(item["n"]["N"])

    def told(self) -> list[dict[str, Any]]:
        """All records of the stream, in small portions."""
        shard = self.streams.describe_stream(StreamArn=self.stream)["StreamDescription"]["Shards"][0]["ShardId"]
        start = {"StreamArn": self.stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        iterator, records = self.streams.get_shard_iterator(**start)["ShardIterator"], list[dict[str, Any]]()
        while (answer := self.streams.get_records(ShardIterator=iterator, Limit=7))["Records"]:
            records += answer["Records"]
            iterator = answer["NextShardIterator"]
        return records


@pytest.fixture
def shelf(endpoint: str) -> Shelf:
    return Shelf(endpoint)


def winners(attempt: Callable[[int], object], refusal: str) -> list[int]:
    """Who of a hundred succeeded; all others were refused with this code, and nobody met another error."""
    waiting, won, others = iter(range(WRITERS)), list[int](), list[Exception]()
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if (number := next(waiting, None)) is None:
                    return
            try:
                attempt(number)
                won.append(number)
            except ClientError as error:
                if error.response["Error"]["Code"] != refusal:
                    others.append(error)
            except Exception as error:
                others.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert others == []
    return won


def test_ten_of_a_hundred_conditional_updates_win_the_last_ten_units(shelf: Shelf) -> None:
    won = winners(lambda _: shelf.dynamodb.update_item(**shelf.taking("a")), "ConditionalCheckFailedException")
    assert len(won) == UNITS
    assert shelf.left("a") == 0
    changes = [record["dynamodb"] for record in shelf.told() if record["eventName"] == "MODIFY"]
    assert [change["NewImage"]["n"]["N"] for change in changes] == [str(n) for n in reversed(range(UNITS))]
    assert all(int(c["OldImage"]["n"]["N"]) == int(c["NewImage"]["n"]["N"]) + 1 for c in changes)


def test_ten_of_a_hundred_transactions_win_the_last_ten_units_of_three_things(shelf: Shelf) -> None:
    def order(number: int) -> None:
        taken = [{"Update": shelf.taking(thing)} for thing in "abc"]
        reservation = {"TableName": shelf.name, "Item": {"id": {"S": f"order-{number}"}}}
        shelf.dynamodb.transact_write_items(TransactItems=[*taken, {"Put": reservation}])

    won = winners(order, "TransactionCanceledException")
    assert len(won) == UNITS
    assert [shelf.left(thing) for thing in "abc"] == [0, 0, 0]
    records = shelf.told()[3:]
    told = [record["dynamodb"]["Keys"]["id"]["S"] for record in records]
    assert sorted(told) == sorted([*"abc"] * UNITS + [f"order-{number}" for number in won])
    groups = [set(told[start : start + 4]) for start in range(0, len(told), 4)]
    assert all({"a", "b", "c"} < group for group in groups), "the records of a transaction stand together"
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


def test_a_reader_who_polls_meanwhile_sees_each_winner_once_and_no_loser(shelf: Shelf) -> None:
    seen, over = list[str](), threading.Event()
    start = {"StreamArn": shelf.stream, "ShardIteratorType": "LATEST"}
    shard = shelf.streams.describe_stream(StreamArn=shelf.stream)["StreamDescription"]["Shards"][0]["ShardId"]
    first = shelf.streams.get_shard_iterator(**start, ShardId=shard)["ShardIterator"]

    def read() -> None:
        iterator = first
        while True:
            finished = over.is_set()
            answer = shelf.streams.get_records(ShardIterator=iterator)
            iterator = answer["NextShardIterator"]
            seen.extend(record["dynamodb"]["Keys"]["id"]["S"] for record in answer["Records"])
            if finished and not answer["Records"]:
                return

    def order(number: int) -> None:
        put = {"Put": {"TableName": shelf.name, "Item": {"id": {"S": str(number)}}}}
        shelf.dynamodb.transact_write_items(TransactItems=[put, {"Update": shelf.taking("b")}])

    reader = threading.Thread(target=read)
    reader.start()
    won = winners(order, "TransactionCanceledException")
    over.set()
    reader.join()
    assert sorted(seen) == sorted([*map(str, won), *["b"] * UNITS])
