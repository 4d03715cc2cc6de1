"""Brings a shop into the troubles that operators are called for, as they come about."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from infra.operate.boxes import DeadLetters, open_boxes
from infra.operate.letters import Box, Letter
from infra.operate.pace import Pace
from infra.operate.place import Place
from infra.operate.redrive import Outcome, redrive
from tests.shop import CONTEXT, Shop

DELIVERIES = 5  # of an event, before it is set aside


def order(shop: Shop, by: str, sku: str = "tea") -> str:
    answer = shop.call("POST", "/orders", {"lines": [{"sku": sku, "quantity": 1}]}, by=f"customer:{by}")
    assert answer.status == 202, answer.body
    return str(answer.body["id"])


def status(shop: Shop, order: str) -> str:
    return str(shop.call("GET", f"/orders/{order}").body["status"])


def break_stock(shop: Shop, sku: str = "tea") -> Callable[[], None]:
    """Makes what is available no number, so that no event about it can be heard; gives what mends it."""
    item = shop.item("products", f"stock#{sku}")
    put: Any = shop.clients.dynamodb.put_item
    put(TableName="emporium-test-products", Item=item | {"available": {"S": "plenty"}})
    return lambda: put(TableName="emporium-test-products", Item=item) and None


def relay(shop: Shop, name: str) -> None:
    """Has a capability tell what is new."""
    for record in shop.records(name):
        shop.apps[name].relay({"Records": [record]}, CONTEXT)


def deliver_in_vain(shop: Shop, name: str) -> None:
    """Delivers what is in the inbox as Lambda does, until each event that can not be heard is set aside."""
    sqs: Any = shop.clients.sqs
    url = url_of(shop, name, "inbox")
    for _ in range(DELIVERIES + 1):
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        for message in got.get("Messages", ()):
            record = {"messageId": message["MessageId"], "body": message["Body"], "attributes": message["Attributes"]}
            try:
                shop.apps[name].inbox({"Records": [record]}, CONTEXT)
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            except Exception:
                again = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                sqs.change_message_visibility(**again)


def url_of(shop: Shop, name: str, role: str) -> str:
    return str(shop.clients.sqs.get_queue_url(QueueName=f"emporium-test-{name}-{role}")["QueueUrl"])


class Refusing:
    """SQS that takes so many entries of each batch, and says of the others that it did not."""

    def __init__(self, real: Any, takes: int) -> None:
        self.real, self.takes = real, takes

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        if taken := Entries[: self.takes]:
            self.real.send_message_batch(QueueUrl=QueueUrl, Entries=taken)
        return {"Failed": [{"Id": each["Id"], "Code": "InternalError"} for each in Entries[self.takes :]]}


def park(shop: Shop, name: str, body: Any, cause: str | None = "InvalidParameter: never") -> None:
    """Puts a letter where the relay, or (without a cause) Lambda itself, puts it."""
    told: Any = {"cause": {"DataType": "String", "StringValue": cause}} if cause else {}
    text = body if isinstance(body, str) else json.dumps(body)
    shop.clients.sqs.send_message(QueueUrl=url_of(shop, name, "relay-dlq"), MessageBody=text, MessageAttributes=told)


def given_up(first: datetime, last: datetime) -> dict[str, Any]:
    """What Lambda sends of records that it gave up."""
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 9},
        "version": "1.0",
        "timestamp": last.isoformat(),
        "DDBStreamBatchInfo": {
            "shardId": "shardId-1",
            "startSequenceNumber": "1",
            "endSequenceNumber": "2",
            "approximateArrivalOfFirstRecord": first.isoformat(),
            "approximateArrivalOfLastRecord": last.isoformat(),
            "batchSize": 2,
            "streamArn": "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s",
        },
    }


def letters(place: Place, name: str, box: Box) -> list[Letter]:
    with the_box(place, name, box) as held:
        return list(held.take(1000))


def the_box(place: Place, name: str, box: Box) -> DeadLetters:
    [found] = open_boxes(place, name, box)
    return found


def redriven(place: Place, name: str, box: Box, *, dry_run: bool = False, rate: float = 1000) -> list[Outcome]:
    with the_box(place, name, box) as held:
        return list(redrive(held, name, held.take(held.depth()), Pace(rate), dry_run=dry_run))


def read(message: Any) -> Any:
    return json.loads(message["body"])
