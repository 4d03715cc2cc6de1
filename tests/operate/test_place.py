"""In AWS as in the local cloud, what operators look at is found by the names that the templates give."""

from dataclasses import replace

import boto3
import pytest

from infra.deploy.aws import Aws
from infra.deploy.errors import Unusable
from infra.operate.boxes import open_boxes
from infra.operate.place import Place, of_aws
from infra.operate.trace import happened
from tests.operate import troubles
from tests.shop import Shop


@pytest.fixture
def in_aws(shop: Shop) -> Place:
    """The stage as the user's AWS settings lead to it; here they lead to the cloud of this process."""
    aws = Aws(boto3.Session(region_name="us-east-1"), "123456789012", "us-east-1")
    return replace(of_aws("test", aws), patience=0)


def test_topics_queues_and_tables_are_those_of_the_stage(shop: Shop, place: Place, in_aws: Place) -> None:
    topics = {each["TopicArn"] for each in shop.clients.sns.list_topics()["Topics"]}
    tables = shop.clients.dynamodb.list_tables()["TableNames"]
    for name in shop.apps:
        for each in (place, in_aws):
            assert each.topic(name) in topics
            assert each.table(name) in tables
            assert each.queue(name, "relay-dlq") == troubles.url_of(shop, name, "relay-dlq")


def test_a_topic_of_another_partition_has_that_in_its_name() -> None:
    aws = Aws(boto3.Session(region_name="cn-north-1"), "123456789012", "cn-north-1")
    assert of_aws("test", aws).topic("orders") == "arn:aws-cn:sns:cn-north-1:123456789012:emporium-test-orders"


def test_a_redrive_in_aws_heals_as_the_local_one_does(shop: Shop, in_aws: Place, ada: str) -> None:
    mend = troubles.break_stock(shop)
    order = troubles.order(shop, ada)
    troubles.relay(shop, "orders")
    troubles.deliver_in_vain(shop, "products")
    mend()
    assert [each.healed for each in troubles.redriven(in_aws, "products", "inbox")] == [True]
    shop.settle()
    assert troubles.status(shop, order) == "confirmed"


def test_of_an_order_in_aws_what_was_saved_last_is_told_without_reading_a_stream(
    shop: Shop, in_aws: Place, ada: str
) -> None:
    order = troubles.order(shop, ada)
    shop.settle()
    assert {step.what for step in happened(in_aws, order, None)} == {
        "saved order version 2: confirmed; tells OrderConfirmed",
        "saved reservation version 1: reserved; tells StockReserved",
    }


def test_a_capability_that_hears_nobody_has_the_dead_letters_of_its_relay_alone(place: Place) -> None:
    assert [each.box for each in open_boxes(place, "customers")] == ["relay"]
    assert [each.box for each in open_boxes(place, "orders")] == ["inbox", "relay"]
    with pytest.raises(Unusable, match="customers has no dead letters of the inbox at the stage test"):
        open_boxes(place, "customers", "inbox")
