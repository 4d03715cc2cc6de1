"""The project's own templates at work: messages arrive, exports are true, and applying again is harmless."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.apps_in_process import load_apps
from infra.local.clients import Clients
from infra.local.sources import of_app
from infra.local.stacks import apply, overlay
from tests.infra.stacks.inspection import queue_attributes, subscriptions
from tests.infra.stacks.project import KEY_ARN, STACKS, STAGE, TEMPLATES


@pytest.fixture
def cloud(clients: Clients) -> Clients:
    apply(STACKS, STAGE, clients)
    return clients


def received(clients: Clients, queue: str) -> list[Any]:
    url = clients.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    answer = clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return [dict(message) for message in answer.get("Messages", [])]


def topic_arns(clients: Clients) -> list[str]:
    return sorted(topic["TopicArn"] for topic in clients.sns.list_topics()["Topics"])


def publish(clients: Clients, capability: str, fact: str) -> None:
    clients.sns.publish(
        TopicArn=f"arn:aws:sns:us-east-1:123456789012:emporium-local-{capability}",
        Message=json.dumps({"fact": fact}),
        MessageAttributes={"type": {"DataType": "String", "StringValue": f"emporium.{capability}.{fact}.v1"}},
    )


def test_a_fact_that_is_listened_to_arrives_as_it_was_published(cloud: Clients) -> None:
    publish(cloud, "products", "StockReserved")
    [message] = received(cloud, "emporium-local-orders-inbox")
    assert json.loads(message["Body"]) == {"fact": "StockReserved"}
    assert message["MessageAttributes"]["type"]["StringValue"] == "emporium.products.StockReserved.v1"


def test_a_fact_that_nobody_listens_to_arrives_nowhere(cloud: Clients) -> None:
    publish(cloud, "orders", "OrderConfirmed")
    publish(cloud, "orders", "OrderPlaced")
    [message] = received(cloud, "emporium-local-products-inbox")
    assert json.loads(message["Body"]) == {"fact": "OrderPlaced"}
    assert received(cloud, "emporium-local-orders-inbox") == []


def test_the_exports_name_what_was_made(clients: Clients) -> None:
    exports = apply(STACKS, STAGE, clients)
    table = clients.dynamodb.describe_table(TableName=exports["emporium-local-orders-table-name"])["Table"]
    url = exports["emporium-local-orders-inbox-url"]
    inbox = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    assert exports["emporium-local-orders-stream-arn"] == table["LatestStreamArn"]
    assert exports["emporium-local-orders-inbox-arn"] == inbox["QueueArn"]
    assert exports["emporium-local-orders-topic-arn"] == "arn:aws:sns:us-east-1:123456789012:emporium-local-orders"
    assert not any("«" in value for value in exports.values())


def test_applying_again_changes_nothing(clients: Clients) -> None:
    def everything() -> Any:
        queues = sorted(url.rsplit("/", 1)[1] for url in clients.sqs.list_queues()["QueueUrls"])
        tables = clients.dynamodb.list_tables()["TableNames"]
        return (
            [clients.dynamodb.describe_table(TableName=name)["Table"] for name in tables],
            [queue_attributes(clients, name) for name in queues],
            [clients.sns.get_topic_attributes(TopicArn=arn)["Attributes"] for arn in topic_arns(clients)],
            sorted(subscriptions(clients), key=lambda each: str(each["SubscriptionArn"])),
        )

    first = apply(STACKS, STAGE, clients)
    clients.dynamodb.put_item(TableName="emporium-local-orders", Item={"pk": {"S": "kept"}})
    publish(clients, "orders", "OrderPlaced")
    before = everything()
    assert apply(STACKS, STAGE, clients) == first
    assert everything() == before
    assert "Item" in clients.dynamodb.get_item(TableName="emporium-local-orders", Key={"pk": {"S": "kept"}})


@pytest.mark.parametrize("given", [STAGE, STAGE | {"KeyArn": KEY_ARN}], ids=["keys of AWS", "a key of one's own"])
def test_applying_again_sets_nothing(clients: Clients, given: dict[str, str]) -> None:
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    apply(STACKS, given, clients)
    for client in (clients.dynamodb, clients.sns, clients.sqs):
        client.meta.events.register("provide-client-params.*.*", note, unique_id="test")
    apply(STACKS, given, clients)
    for client in (clients.dynamodb, clients.sns, clients.sqs):
        client.meta.events.unregister("provide-client-params.*.*", unique_id="test")
    assert {"DescribeTable", "GetTopicAttributes", "GetQueueAttributes"} <= set(calls)
    assert not [call for call in calls if call.startswith(("Set", "Update", "CreateTable", "CreateQueue", "Subscribe"))]


def test_two_stages_live_side_by_side(clients: Clients) -> None:
    local, other = apply(STACKS, STAGE, clients), apply(STACKS, {"Stage": "other"}, clients)
    assert not set(local.values()) & set(other.values())


def test_only_the_templates_that_are_given_are_applied(clients: Clients) -> None:
    chosen: list[Path] = [path for path in STACKS if path.name in ("backbone.yaml", "customers-data.yaml")]
    apply(chosen, STAGE, clients)
    assert clients.dynamodb.list_tables()["TableNames"] == ["emporium-local-customers"]


def test_only_where_a_stage_says_so_is_a_table_protected_from_deletion(clients: Clients) -> None:
    for protected in ("true", "false"):
        apply(STACKS, STAGE | {"Protected": protected}, clients)
        for capability in ("customers", "orders", "products"):
            table = clients.dynamodb.describe_table(TableName=f"emporium-local-{capability}")["Table"]
            assert table["DeletionProtectionEnabled"] is (protected == "true")


def test_every_event_source_of_the_overlays_is_one_that_can_be_run_here(clients: Clients) -> None:
    exports = apply(STACKS, STAGE, clients)
    for name, module in load_apps().items():
        events = overlay(TEMPLATES / f"{name}-app.yaml", exports, STAGE).events
        run = {mapping.handler for mapping in of_app(module.app, events)}
        assert run == {source.name for source in module.app.event_sources}
