"""The same small cloud twice, in memory and as moto: one table with an index, one topic, two queues."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.local.clients import Clients
from tests.simulation.cloud.dynamodb import DynamoDB
from tests.simulation.cloud.sns import SNS
from tests.simulation.cloud.sqs import SQS

TABLE, INDEX = "cups", "by_shelf"
HEARD = "emporium.cups.CupFilled.v1"


@dataclass(frozen=True)
class Small:
    """Clients, and the names of what is there: the queue `inbox` hears only HEARD from the topic."""

    dynamodb: Any
    sns: Any
    sqs: Any
    topic: str
    inbox: str
    dead: str

    def outcome(self, operation: str, **asked: Any) -> Any:
        """What an operation of DynamoDB answers, or the error, as far as callers look at them."""
        try:
            got = getattr(self.dynamodb, operation)(**asked)
        except ClientError as error:
            return _refusal(error.response)
        return {name: got[name] for name in ("Item", "Items", "Responses", "LastEvaluatedKey") if got.get(name)}


def in_memory() -> Small:
    dynamodb, sns, sqs = DynamoDB(), SNS(), SQS()
    dynamodb.add(TABLE, {INDEX: ("shelf", "place")})
    dead = sqs.add("dead")
    inbox = sqs.add("inbox", dead, visibility=0.0, receives=2)
    sns.add("topic")
    sns.subscribe("topic", inbox, frozenset([HEARD]))
    return Small(dynamodb, sns, sqs, "topic", "inbox", "dead")


def on_moto() -> Small:
    """In moto's own process-wide cloud, which has to be there (the fixture `cloud`)."""
    clients: Any = Clients()
    _table(clients.dynamodb)
    dead, dead_arn = _queue(clients.sqs, "dead", {})
    redrive = f'{{"deadLetterTargetArn": "{dead_arn}", "maxReceiveCount": 2}}'
    inbox, arn = _queue(clients.sqs, "inbox", {"RedrivePolicy": redrive, "VisibilityTimeout": "0"})
    topic = clients.sns.create_topic(Name="cups")["TopicArn"]
    wants = {"RawMessageDelivery": "true", "FilterPolicy": f'{{"type": ["{HEARD}"]}}'}
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=wants)
    return Small(clients.dynamodb, clients.sns, clients.sqs, topic, inbox, dead)


def _table(dynamodb: Any) -> None:
    index = [{"AttributeName": "shelf", "KeyType": "HASH"}, {"AttributeName": "place", "KeyType": "RANGE"}]
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "shelf", "place")],
        GlobalSecondaryIndexes=[
            {"IndexName": INDEX, "KeySchema": index, "Projection": {"ProjectionType": "KEYS_ONLY"}},
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _queue(sqs: Any, name: str, attributes: dict[str, str]) -> tuple[str, str]:
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def _refusal(response: Any) -> tuple[str, Any]:
    reasons = [(reason["Code"], reason.get("Item")) for reason in response.get("CancellationReasons", ())]
    return response["Error"]["Code"], reasons or response.get("Item")
