"""The relay's real handlers over a real topic that fails now and then: nothing is lost, nobody is blocked."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from chassis import aws, relay
from tests.gateway import lasting_shop
from tests.shop import CONTEXT, Shop

PRICE = {"amount": 349, "currency": "USD"}
Fails = Callable[[dict[str, Any]], dict[str, Any] | None]
FOR_NOW = {"Code": "InternalError", "Message": "not now", "SenderFault": False}
FOR_EVER = {"Code": "InvalidParameter", "Message": "never", "SenderFault": True}


@pytest.fixture(scope="module")
def open_shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


@pytest.fixture
def shop(open_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The shop, whose relays answer as their mapping asks them to; nothing is under way."""
    open_shop.settle()
    open_shop.set_aside()
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "on")
    yield open_shop
    aws.use(None)


class Topic:
    """SNS, which fails for the messages that a test names; all others get through."""

    def __init__(self, fails: Fails) -> None:
        self.real: Any = boto3.client("sns")
        self.fails = fails
        queues = boto3.client("sqs")
        aws.use(lambda service: self if service == "sns" else queues)

    def publish_batch(self, TopicArn: str, PublishBatchRequestEntries: list[dict[str, Any]]) -> Any:
        failed = [{"Id": each["Id"], **why} for each in PublishBatchRequestEntries if (why := self.fails(each))]
        ids = {each["Id"] for each in failed}
        passed = [each for each in PublishBatchRequestEntries if each["Id"] not in ids]
        got = self.real.publish_batch(TopicArn=TopicArn, PublishBatchRequestEntries=passed) if passed else {}
        return got | {"Failed": failed}


def about(sku: str, why: dict[str, Any]) -> Fails:
    return lambda entry: why if json.loads(entry["Message"])["data"].get("sku") == sku else None


def add(shop: Shop, *skus: str) -> None:
    for sku in skus:
        assert shop.call("POST", "/products", {"sku": sku, "name": sku, "price": PRICE}).status == 201


def follow(shop: Shop, records: list[dict[str, Any]]) -> None:
    """What Lambda does with a shard: a batch again from the record that failed, until it is done."""
    for _ in range(10):
        failures = shop.apps["products"].relay({"Records": records}, CONTEXT)["batchItemFailures"]
        if not failures:
            return
        assert len(failures) == 1
        at = [record["dynamodb"]["SequenceNumber"] for record in records].index(failures[0]["itemIdentifier"])
        records = records[at:]
    pytest.fail("the shard does not get on")


def arrived(shop: Shop) -> list[dict[str, Any]]:
    """What came to orders, in the order of its ids."""
    return sorted((json.loads(each["body"]) for each in shop.messages("orders")), key=lambda each: str(each["id"]))


def subjects(shop: Shop) -> list[str]:
    return sorted({message["subject"] for message in arrived(shop)})


def test_a_batch_that_failed_in_part_goes_on_from_its_first_failure_and_loses_nothing(shop: Shop) -> None:
    skus = [f"part-{place:02d}" for place in range(23)]
    add(shop, *skus)
    times = iter(range(3))
    Topic(
        lambda entry: (
            about("part-11", FOR_NOW)(entry)
            if about("part-11", FOR_NOW)(entry) and next(times, None) is not None
            else None
        )
    )
    follow(shop, shop.records("products"))
    assert subjects(shop) == skus
    assert shop.set_aside() == []


def test_a_topic_that_is_down_makes_the_whole_batch_come_again(shop: Shop) -> None:
    def down(entry: dict[str, Any]) -> None:
        raise ConnectionError("no topic")

    add(shop, "down-1", "down-2")
    records = shop.records("products")
    Topic(down)
    with pytest.raises(ConnectionError):
        shop.apps["products"].relay({"Records": records}, CONTEXT)
    aws.use(None)
    follow(shop, records)
    assert subjects(shop) == ["down-1", "down-2"]


def test_without_partial_answers_the_batch_comes_again_whole(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTIAL_BATCH_RESPONSES", "off")
    add(shop, "whole-1", "whole-2")
    records = shop.records("products")
    Topic(about("whole-2", FOR_NOW))
    with pytest.raises(relay.NotPublished):
        shop.apps["products"].relay({"Records": records}, CONTEXT)
    aws.use(None)
    shop.apps["products"].relay({"Records": records}, CONTEXT)
    assert subjects(shop) == ["whole-1", "whole-2"]


def test_what_can_never_be_published_is_set_aside_with_its_cause_and_blocks_nobody(shop: Shop) -> None:
    add(shop, "never-1", "never-2", "never-3")
    Topic(about("never-2", FOR_EVER))
    follow(shop, shop.records("products"))
    assert subjects(shop) == ["never-1", "never-3"]
    [letter] = letters(shop)
    assert letter["MessageAttributes"]["cause"]["StringValue"] == "InvalidParameter: never"
    assert json.loads(letter["Body"])["data"]["sku"] == "never-2"


@pytest.mark.parametrize(
    ("outbox", "cause"),
    [
        ({"L": [{"M": {"fact": {"S": "ProductVanished"}, "trace": {"S": ""}}}]}, "KeyError: 'ProductVanished'"),
        ({"L": [{"M": {"fact": {"S": "StockReserved"}, "trace": {"S": ""}}}]}, "ValidationError"),
        ({"L": [{"S": "ProductAdded"}]}, "TypeError"),
        ({"SS": ["ProductAdded"]}, "TypeError"),
    ],
)
def test_a_record_that_nobody_can_read_is_set_aside_with_its_cause(shop: Shop, outbox: Any, cause: str) -> None:
    """Somebody wrote to the table by hand, or a fact was taken out of the code."""
    item = {"pk": {"S": "product#odd"}, "version": {"N": "1"}, "changed_at": {"S": "2026-03-01T12:00:00Z"}}
    add(shop, f"before-{cause[:3]}{len(str(outbox))}")
    shop.clients.dynamodb.put_item(TableName="emporium-test-products", Item=item | {"outbox": outbox})
    add(shop, f"later-{cause[:3]}{len(str(outbox))}")
    follow(shop, shop.records("products"))
    assert len(subjects(shop)) == 2
    [letter] = letters(shop)
    assert cause in letter["MessageAttributes"]["cause"]["StringValue"]
    assert "product#odd" in letter["Body"]
    shop.clients.dynamodb.delete_item(TableName="emporium-test-products", Key={"pk": item["pk"]})


def letters(shop: Shop) -> list[dict[str, Any]]:
    """What was set aside by the relay of products; it is taken from there."""
    sqs = shop.clients.sqs
    url = sqs.get_queue_url(QueueName="emporium-test-products-relay-dlq")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get("Messages", [])
    for each in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [dict(each) for each in found]


def test_a_fact_that_is_published_twice_is_the_same_to_the_last_sign(shop: Shop) -> None:
    add(shop, "twice")
    records = shop.records("products")
    for _ in range(2):
        follow(shop, records)
    one, other = arrived(shop)
    assert one == other
    assert one["id"] == "product/twice/1/0"


def test_facts_of_one_aggregate_are_published_in_the_order_of_its_versions(shop: Shop) -> None:
    add(shop, "steps")
    for version, price in enumerate((1, 2, 3), start=1):
        body = {"price": {"amount": price, "currency": "USD"}, "status": "draft" if version == 2 else "active"}
        assert shop.call("PATCH", "/products/steps", body, if_match=f'"{version}"').status == 200
    sent: list[str] = []
    Topic(lambda entry: sent.append(json.loads(entry["Message"])["id"]))
    follow(shop, shop.records("products"))
    assert sent == [f"product/steps/{at}" for at in ("1/0", "2/0", "3/0", "3/1", "4/0", "4/1")]


def test_what_took_an_item_away_tells_nothing(shop: Shop) -> None:
    add(shop, "gone")
    follow(shop, shop.records("products"))
    shop.messages("orders")
    for key in ("product#gone", "stock#gone"):
        shop.clients.dynamodb.delete_item(TableName="emporium-test-products", Key={"pk": {"S": key}})
    records = shop.records("products")
    assert [record["eventName"] for record in records] == ["REMOVE", "REMOVE"]
    follow(shop, records)
    assert (subjects(shop), letters(shop)) == ([], [])


def test_a_name_of_signs_that_a_queue_refuses_arrives_as_it_is(shop: Shop) -> None:
    name = "\uffff \ufffe \u0085 \U0001f375 \\uffff"
    assert shop.call("POST", "/products", {"sku": "odd-name", "name": name, "price": PRICE}).status == 201
    follow(shop, shop.records("products"))
    [message] = arrived(shop)
    assert message["data"]["name"] == name
