"""Templates applied to a cloud where an earlier version of them stands."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.clients import Clients
from infra.local.stacks import TemplateError, apply
from infra.local.stacks.resources.table_changes import changes
from tests.infra.stacks.project import a_template

BY_A = """, GlobalSecondaryIndexes: [{
  IndexName: by_a, KeySchema: [{AttributeName: a, KeyType: HASH}], Projection: {ProjectionType: KEYS_ONLY}
}]"""


def applied(directory: Path, clients: Clients, resources: str) -> dict[str, str]:
    text = f"Resources: {resources}\nOutputs: {{It: {{Value: !Ref It, Export: {{Name: it}}}}}}"
    return apply([a_template(directory, text)], {}, clients)


def table(more: str = "", key: str = "pk", type_of_a: str = "S") -> str:
    attributes = f"{{AttributeName: {key}, AttributeType: S}}"
    if more.startswith(BY_A[:20]):
        attributes += f", {{AttributeName: a, AttributeType: {type_of_a}}}"
    return f"""
      {{It: {{Type: AWS::DynamoDB::Table, Properties: {{
        TableName: t,
        BillingMode: PAY_PER_REQUEST,
        KeySchema: [{{AttributeName: {key}, KeyType: HASH}}],
        AttributeDefinitions: [{attributes}]{more} }} }} }}"""


def queue(properties: str = "") -> str:
    dead = "Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: d}}"
    return f"{{{dead}, It: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q{properties}}}}}}}"


def subscription(properties: str = "") -> str:
    return f"""
        {{
          Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: t}}}},
          Queue: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q}}}},
          Policy: {{Type: AWS::SQS::QueuePolicy, Properties: {{
            Queues: [!Ref Queue],
            PolicyDocument: {{Statement: [
              {{Effect: Allow, Principal: '*', Action: sqs:SendMessage, Resource: '*'}}
            ]}} }} }},
          It: {{Type: AWS::SNS::Subscription, Properties: {{
            TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn{properties} }} }}
        }}"""


def described(clients: Clients) -> dict[str, Any]:
    return dict(clients.dynamodb.describe_table(TableName="t")["Table"])


def test_an_index_that_a_template_gains_or_loses_is_made_or_removed(tmp_path: Path, clients: Clients) -> None:
    applied(tmp_path, clients, table())
    applied(tmp_path, clients, table(BY_A))
    assert [index["IndexName"] for index in described(clients)["GlobalSecondaryIndexes"]] == ["by_a"]
    applied(tmp_path, clients, table())
    assert not described(clients).get("GlobalSecondaryIndexes")


def test_settings_of_a_table_follow_its_template(tmp_path: Path, clients: Clients) -> None:
    settings = (
        ", DeletionProtectionEnabled: true"
        ", StreamSpecification: {StreamViewType: NEW_IMAGE}"
        ", TimeToLiveSpecification: {AttributeName: expires, Enabled: true}"
        ", PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}"
    )

    def found() -> tuple[Any, ...]:
        expiry = clients.dynamodb.describe_time_to_live(TableName="t")["TimeToLiveDescription"]
        backups = clients.dynamodb.describe_continuous_backups(TableName="t")["ContinuousBackupsDescription"]
        return (
            described(clients)["DeletionProtectionEnabled"],
            described(clients).get("StreamSpecification", {}).get("StreamViewType"),
            expiry["TimeToLiveStatus"],
            backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        )

    applied(tmp_path, clients, table())
    plain = found()
    applied(tmp_path, clients, table(settings))
    assert found() == (True, "NEW_IMAGE", "ENABLED", "ENABLED")
    applied(tmp_path, clients, table())
    assert found() == plain


def test_encryption_follows_the_template() -> None:
    """Asked of the plan alone: moto takes the change of a table's encryption and does nothing."""
    plain: dict[str, Any] = {"KeySchema": [], "AttributeDefinitions": []}
    encrypted = {**plain, "SSEDescription": {"Status": "ENABLED"}}
    wanted = {**plain, "SSESpecification": {"Enabled": True}}
    assert changes(plain, wanted) == [{"SSESpecification": {"Enabled": True}}]
    assert changes(encrypted, plain) == [{"SSESpecification": {"Enabled": False}}]
    assert changes(encrypted, wanted) == []
    with_key = {**plain, "SSESpecification": {"Enabled": True, "KMSMasterKeyId": "arn:k"}}
    by_key = {**plain, "SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": "arn:k"}}
    assert changes(encrypted, with_key) == [{"SSESpecification": {"Enabled": True, "KMSMasterKeyId": "arn:k"}}]
    assert changes(by_key, with_key) == []


@pytest.mark.parametrize(
    ("first", "then", "fault"),
    [
        (table(), table(key="b"), "the KeySchema of a table can not be changed"),
        (table(BY_A), table(BY_A, type_of_a="N"), "the AttributeType of a can not be changed"),
        (
            table(BY_A),
            table(BY_A.replace("KEYS_ONLY", "ALL")),
            "the index by_a can not be changed",
        ),
        (
            table(", StreamSpecification: {StreamViewType: NEW_IMAGE}"),
            table(", StreamSpecification: {StreamViewType: KEYS_ONLY}"),
            "the StreamViewType of a stream can not be changed",
        ),
        (
            table(", TimeToLiveSpecification: {AttributeName: a, Enabled: true}"),
            table(", TimeToLiveSpecification: {AttributeName: b, Enabled: true}"),
            "the attribute of an enabled TimeToLiveSpecification can not be changed",
        ),
    ],
)
def test_a_change_that_only_a_new_table_could_bring_is_refused(
    tmp_path: Path, clients: Clients, first: str, then: str, fault: str
) -> None:
    applied(tmp_path, clients, first)
    with pytest.raises(TemplateError, match=rf"^a\.yaml: Resources\.It \(AWS::DynamoDB::Table\): {fault}"):
        applied(tmp_path, clients, then)


def test_a_queue_follows_its_template_and_falls_back_to_the_default_of_what_it_leaves_out(
    tmp_path: Path, clients: Clients
) -> None:
    def found() -> dict[str, Any]:
        url = clients.sqs.get_queue_url(QueueName="q")["QueueUrl"]
        answer = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return {str(name): value for name, value in answer["Attributes"].items()}

    redrive = ", RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}"
    applied(tmp_path, clients, queue(", VisibilityTimeout: 7, DelaySeconds: 3"))
    applied(tmp_path, clients, queue(", VisibilityTimeout: 8" + redrive))
    assert (found()["VisibilityTimeout"], found()["DelaySeconds"]) == ("8", "0")
    assert json.loads(found()["RedrivePolicy"])["maxReceiveCount"] == 2
    applied(tmp_path, clients, queue())
    assert found()["VisibilityTimeout"] == "30"
    assert "RedrivePolicy" not in found()


def test_a_queue_is_encrypted_as_its_template_says(tmp_path: Path, clients: Clients) -> None:
    def found() -> tuple[Any, ...]:
        url = clients.sqs.get_queue_url(QueueName="q")["QueueUrl"]
        attributes = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return attributes.get("KmsMasterKeyId"), attributes["SqsManagedSseEnabled"].lower()

    for properties, encrypted in (("", (None, "true")), (", KmsMasterKeyId: k", ("k", "false")), ("", (None, "true"))):
        applied(tmp_path, clients, queue(properties))
        assert found() == encrypted


def test_a_topic_and_its_policy_follow_their_template(tmp_path: Path, clients: Clients) -> None:
    def topic(key: str, action: str) -> str:
        statement = f"{{Effect: Allow, Principal: {{AWS: a}}, Action: [{action}], Resource: !Ref It}}"
        return f"""
            {{
              It: {{Type: AWS::SNS::Topic, Properties: {{TopicName: t{key}}}}},
              Policy: {{Type: AWS::SNS::TopicPolicy, Properties: {{
                Topics: [!Ref It], PolicyDocument: {{Statement: [{statement}]}} }} }}
            }}"""

    def found() -> tuple[Any, ...]:
        attributes = clients.sns.get_topic_attributes(TopicArn="arn:aws:sns:us-east-1:123456789012:t")["Attributes"]
        return attributes.get("KmsMasterKeyId", ""), json.loads(attributes["Policy"])["Statement"][0]["Action"]

    for key, action in (("", "sns:Publish"), ("k", "sns:Publish"), ("", "sns:Subscribe")):
        applied(tmp_path, clients, topic(f", KmsMasterKeyId: {key}" if key else "", action))
        assert found() == (key, [action])


def test_a_subscription_follows_its_template(tmp_path: Path, clients: Clients) -> None:
    def found(arn: str) -> tuple[Any, ...]:
        attributes = clients.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return attributes["RawMessageDelivery"], json.loads(attributes.get("FilterPolicy", "{}"))

    first = applied(tmp_path, clients, subscription(", RawMessageDelivery: true, FilterPolicy: {type: [a]}"))["it"]
    second = applied(tmp_path, clients, subscription(", RawMessageDelivery: true, FilterPolicy: {type: [b]}"))["it"]
    assert first == second
    assert found(first) == ("true", {"type": ["b"]})
    applied(tmp_path, clients, subscription())
    assert found(first) == ("false", {})


def test_what_the_cloud_refuses_is_told_with_the_resource(tmp_path: Path, clients: Clients) -> None:
    undefined = table().replace("KeySchema: [{AttributeName: pk", "KeySchema: [{AttributeName: other")
    with pytest.raises(
        TemplateError, match=r"^a\.yaml: Resources\.It \(AWS::DynamoDB::Table\): .*AttributeDefinitions"
    ):
        applied(tmp_path, clients, undefined)


def test_an_attribute_that_a_resource_does_not_have_as_it_is_declared_is_refused(
    tmp_path: Path, clients: Clients
) -> None:
    text = f"Resources: {table()}\nOutputs: {{It: {{Value: !GetAtt It.StreamArn, Export: {{Name: it}}}}}}"
    with pytest.raises(TemplateError, match=r"^a\.yaml: Resources\.It: has no StreamArn as it is declared"):
        apply([a_template(tmp_path, text)], {}, clients)
