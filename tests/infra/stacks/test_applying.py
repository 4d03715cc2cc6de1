"""The project's own templates, applied to a cloud: what they declare is there."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from infra.local.clients import Clients
from infra.local.stacks import apply
from tests.infra.stacks.inspection import queue_attributes, subscriptions
from tests.infra.stacks.project import STACKS, STAGE

CAPABILITIES = ["customers", "orders", "products"]
LISTENERS = ["orders", "products"]
INDEXES = {
    "customers": {"telling": ("tell_shard", "tell_at")},
    "orders": {"by_customer": ("customer_id", "placed_key"), "waiting": ("waiting_shard", "ask_at")},
    "products": {
        "by_status": ("listed", "sku"),
        "by_category": ("shelf", "sku"),
        "telling": ("tell_shard", "tell_at"),
    },
}


@pytest.fixture(scope="module")
def cloud(unbound_clients: Clients) -> Iterator[Clients]:
    """Only looked at by the tests of this module, so that one is enough for all of them."""
    with mock_aws():
        apply(STACKS, STAGE, unbound_clients)
        yield unbound_clients


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_table_is_as_its_template_says(cloud: Clients, capability: str) -> None:
    name = f"emporium-local-{capability}"
    table = cloud.dynamodb.describe_table(TableName=name)["Table"]
    indexes = {
        index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["SSEDescription"]["Status"] == "ENABLED"
    assert table["DeletionProtectionEnabled"] is False
    assert indexes == INDEXES[capability]
    assert all(
        index["Projection"] == {"ProjectionType": "KEYS_ONLY"} for index in table.get("GlobalSecondaryIndexes", [])
    )
    assert cloud.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires",
    }
    backups = cloud.dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.parametrize("capability", LISTENERS)
def test_an_inbox_gives_up_after_five_deliveries_and_hides_a_message_for_a_minute(
    cloud: Clients, capability: str
) -> None:
    attributes = queue_attributes(cloud, f"emporium-local-{capability}-inbox")
    dead_letters = queue_attributes(cloud, f"emporium-local-{capability}-inbox-dlq")
    assert attributes["VisibilityTimeout"] == "60"
    assert json.loads(attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": dead_letters["QueueArn"],
        "maxReceiveCount": 5,
    }


@pytest.mark.parametrize(
    "queue",
    [
        *(f"{name}-inbox" for name in LISTENERS),
        *(f"{name}-inbox-dlq" for name in LISTENERS),
        *(f"{name}-relay-dlq" for name in CAPABILITIES),
    ],
)
def test_every_queue_is_encrypted_and_closed_to_calls_without_tls(cloud: Clients, queue: str) -> None:
    attributes = queue_attributes(cloud, f"emporium-local-{queue}")
    statements = json.loads(attributes["Policy"])["Statement"]
    denied = [each for each in statements if each["Effect"] == "Deny"]
    assert attributes["SqsManagedSseEnabled"].lower() == "true"
    assert [each["Condition"] for each in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]
    assert {each["Resource"] for each in statements} == {attributes["QueueArn"]}


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_topic_is_encrypted_and_closed_to_calls_without_tls_and_to_other_accounts(
    cloud: Clients, capability: str
) -> None:
    arn = f"arn:aws:sns:us-east-1:123456789012:emporium-local-{capability}"
    attributes = cloud.sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    allowed, denied = json.loads(attributes["Policy"])["Statement"]
    assert attributes["KmsMasterKeyId"] == "alias/aws/sns"
    assert (allowed["Effect"], allowed["Principal"]) == ("Allow", {"AWS": "arn:aws:iam::123456789012:root"})
    assert (denied["Effect"], denied["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert {each["Resource"] for each in (allowed, denied)} == {arn}


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_dead_letters_are_kept_for_two_weeks(cloud: Clients, capability: str) -> None:
    queues = cloud.sqs.list_queues(QueueNamePrefix=f"emporium-local-{capability}-")["QueueUrls"]
    names = [url.rsplit("/", 1)[1] for url in queues if url.endswith("-dlq")]
    assert f"emporium-local-{capability}-relay-dlq" in names
    assert {queue_attributes(cloud, name)["MessageRetentionPeriod"] for name in names} == {"1209600"}


def test_a_capability_without_an_inbox_has_only_the_dead_letters_of_its_relay(cloud: Clients) -> None:
    urls = cloud.sqs.list_queues(QueueNamePrefix="emporium-local-customers-")["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["emporium-local-customers-relay-dlq"]


def test_every_subscription_is_raw_filtered_by_type_and_has_dead_letters(cloud: Clients) -> None:
    found = subscriptions(cloud)
    flows = {(each["TopicArn"].rsplit("-", 1)[1], each["Endpoint"].rsplit(":", 1)[1]) for each in found}
    assert flows == {
        ("customers", "emporium-local-orders-inbox"),
        ("customers", "emporium-local-products-inbox"),
        ("products", "emporium-local-orders-inbox"),
        ("orders", "emporium-local-products-inbox"),
    }
    for each in found:
        assert each["RawMessageDelivery"] == "true"
        assert list(json.loads(each["FilterPolicy"])) == ["type"]
        assert json.loads(each["RedrivePolicy"]) == {"deadLetterTargetArn": f"{each['Endpoint']}-dlq"}
