"""A cloud that runs for hours holds no more than what is in it."""

import gc
from typing import Any

import pytest

from infra.local.moto import lines, memory, streams
from tests.infra.moto.faults import Stream, a_subscribed_queue, a_table, cancel, client, key, put


def test_traffic_leaves_nothing_behind(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_BYTES", 5_000)
    monkeypatch.setattr(lines, "REMEMBERED_HANDLES", 10)
    monkeypatch.setattr(memory, "LAST_NOTIFICATIONS", 10)
    dynamodb, sqs = a_table(), client("sqs")
    sns, url, topic = a_subscribed_queue("false")
    dynamodb.put_item(**put("there"))

    def traffic(rounds: int) -> int:
        for number in range(rounds):
            one_of_each(number % 2)
        gc.collect()
        return len(gc.get_objects())

    def one_of_each(number: int) -> None:
        dynamodb.put_item(**put("one", n={"N": str(number)}))
        setting: dict[str, Any] = {"ExpressionAttributeValues": {":n": {"N": str(-number)}}}
        dynamodb.update_item(**key("one"), UpdateExpression="SET n = :n", **setting)
        dynamodb.transact_write_items(TransactItems=[{"Put": put("two")}], ClientRequestToken=f"t{number}")
        dynamodb.delete_item(**key("two"))
        cancel(dynamodb)
        Stream().read()
        sns.publish(TopicArn=topic, Message="m")
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    settled = traffic(40)  # until all that is bounded has met its bound
    assert traffic(40) - settled < 20
