"""Nothing of the shop's lies or travels in the clear, and nothing lets everybody in: asked of every template."""

from pathlib import Path

import pytest

from infra.local.stacks.plan import make_plan
from infra.local.stacks.reading import read
from tests.infra.stacks.project import KEY, KEY_ARN, STACKS, STAGE, TEMPLATES, WATCHING, a_template
from tests.infra.stacks.protection import KEPT, unprotected

SERVICES = ("dynamodb", "secretsmanager", "sns", "sqs")


def test_what_the_shop_keeps_and_tells_is_encrypted_and_spoken_to_by_tls_alone() -> None:
    assert unprotected(make_plan(STACKS, STAGE).steps) == []


def test_a_key_of_ones_own_encrypts_everything() -> None:
    assert unprotected(make_plan(STACKS, STAGE | {"KeyArn": KEY_ARN}).steps, KEY_ARN) == []


def test_no_other_template_keeps_or_tells_anything() -> None:
    for path in set(TEMPLATES.glob("*.yaml")) - {*STACKS, WATCHING}:
        assert not {each.get("Type") for each in read(path).resources.values()} & set(KEPT), path.name


@pytest.mark.parametrize(
    ("resources", "flaws"),
    [
        ("It: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}", ["It is not encrypted", "It takes sns:Publish wi"]),
        ("It: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}", ["It is not encrypted", "It takes sqs:SendMessa"]),
        ("It: {Type: AWS::SQS::Queue, Properties: {QueueName: q, KmsMasterKeyId: k}}", ["It is encrypted by k, not"]),
        (
            "It: {Type: AWS::SQS::Queue, Properties: {QueueName: q}},"
            "Policy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref It], PolicyDocument: {Statement: ["
            "  {Effect: Allow, Principal: {AWS: '*'}, Action: sqs:SendMessage, Resource: !GetAtt It.Arn}]}}}",
            ["It lets everybody in"],
        ),
        (
            "It: {Type: AWS::SNS::Topic, Properties: {TopicName: t}},"
            "Policy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref It], PolicyDocument: {Statement: ["
            "  {Effect: Deny, Principal: '*', Action: [sns:Publish], Resource: !Ref It,"
            "   Condition: {Bool: {'aws:SecureTransport': 'false'}}}]}}}",
            ["It takes sns:Subscribe without TLS"],
        ),
        (
            "It: {Type: AWS::DynamoDB::Table, Properties: {TableName: t, BillingMode: PAY_PER_REQUEST,"
            "  KeySchema: [{AttributeName: pk, KeyType: HASH}], SSESpecification: {SSEEnabled: false},"
            "  AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]}}",
            ["It is not encrypted"],
        ),
    ],
)
def test_what_lies_open_is_seen(tmp_path: Path, resources: str, flaws: list[str]) -> None:
    plan = make_plan([a_template(tmp_path, f"Resources: {{{resources}}}")], {})
    found = unprotected(plan.steps, KEY_ARN)
    for flaw in flaws:
        assert any(each.startswith(flaw) for each in found), (flaw, found)


def test_the_key_is_used_through_the_services_of_its_account_and_in_no_other_way() -> None:
    key = read(KEY).resources["Key"]["Properties"]
    using = [one for one in key["KeyPolicy"]["Statement"] if {"kms:Decrypt", "kms:CreateGrant"} & set(one["Action"])]
    account = {"Ref": "AWS::AccountId"}
    services = [{"Fn::Sub": f"{name}.${{AWS::Region}}.amazonaws.com"} for name in SERVICES]
    assert [(one["Principal"], one["Condition"]["StringEquals"]) for one in using] == [
        ({"AWS": "*"}, {"kms:CallerAccount": account, "kms:ViaService": services}),
        ({"Service": "sns.amazonaws.com"}, {"aws:SourceAccount": account}),
    ]
    assert "*" not in "".join(action for one in key["KeyPolicy"]["Statement"] for action in one["Action"])
    assert key["EnableKeyRotation"] is True
