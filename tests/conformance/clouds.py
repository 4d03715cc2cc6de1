"""The same small cloud on each engine: one table with an index and a stream, one topic, two queues.

The engines are the simulation's cloud in memory, moto, and Amazon's DynamoDB Local beside moto's topics and queues.
"""

from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.clients import REGION, Clients
from infra.local.dynamodb_local.engine import Engine
from tests.simulation.cloud.dynamodb import DynamoDB
from tests.simulation.cloud.sns import SNS
from tests.simulation.cloud.sqs import SQS

TABLE, INDEX = "cups", "by_shelf"
IN_MEMORY, MOTO, LOCAL = ENGINES = ("in memory", "moto", "DynamoDB Local")
_OF_TABLES = ("dynamodb", "dynamodbstreams")
HEARD = "emporium.cups.CupFilled.v1"


@dataclass(frozen=True)
class Small:
    """Clients, and the names of what is there: the queue `inbox` hears only HEARD from the topic."""

    engine: str
    dynamodb: Any
    sns: Any
    sqs: Any
    topic: str
    inbox: str
    dead: str
    streams: Any = None

    def client(self, service: str) -> Any:
        """For chassis.aws.use."""
        return {"dynamodb": self.dynamodb, "sns": self.sns, "sqs": self.sqs}[service]

    def records(self, table: str = TABLE) -> list[dict[str, Any]]:
        """All that the table's stream tells, as Lambda hands it to a function."""
        if self.streams is None:
            return [each.event() for shard in self.dynamodb.tables[table].stream.shards for each in shard]
        arn = self.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        found: list[dict[str, Any]] = []
        for shard in self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            begin = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator = self.streams.get_shard_iterator(StreamArn=arn, **begin)["ShardIterator"]
            found += self.streams.get_records(ShardIterator=iterator)["Records"]
        return found

    def told(self, key: str, table: str = TABLE) -> list[tuple[str, Any, Any]]:
        """What the stream tells of an item: the kind of each change, and the images before and after it."""
        changes = [each for each in self.records(table) if each["dynamodb"]["Keys"] == {"pk": {"S": key}}]
        images = [each["dynamodb"] for each in changes]
        return [
            (change["eventName"], image.get("OldImage"), image.get("NewImage"))
            for change, image in zip(changes, images, strict=True)
        ]

    def outcome(self, operation: str, **asked: Any) -> Any:
        """What an operation of DynamoDB answers, or the error, as far as callers look at them."""
        try:
            got = getattr(self.dynamodb, operation)(**asked)
        except ClientError as error:
            return _refusal(error.response)
        return {name: got[name] for name in ("Item", "Items", "Responses", "LastEvaluatedKey") if got.get(name)}


def make(engine: str, local: Engine | None = None) -> Small:
    """The last two need moto's own process-wide cloud (the fixture `cloud`), and `local` the third."""
    if engine == IN_MEMORY:
        return _in_memory()
    small = _on_moto()
    if local is None:
        return small
    dynamodb, streams = clients_of(local)
    make_table(dynamodb)
    return replace(small, engine=engine, dynamodb=dynamodb, streams=streams)


def clients_of(local: Engine) -> tuple[Any, Any]:
    config = Config(retries={"total_max_attempts": 1}, account_id_endpoint_mode="disabled")
    session = boto3.Session(aws_access_key_id=local.key, aws_secret_access_key="any", region_name=REGION)
    made: Any = session.client  # its type wants each service by its name
    return tuple(made(name, endpoint_url=f"http://127.0.0.1:{local.port}", config=config) for name in _OF_TABLES)


def _in_memory() -> Small:
    dynamodb, sns, sqs = DynamoDB(), SNS(), SQS()
    dynamodb.add(TABLE, {INDEX: ("shelf", "place")})
    dead = sqs.add("dead")
    inbox = sqs.add("inbox", dead, visibility=0.0, receives=2)
    sns.add("topic")
    sns.subscribe("topic", inbox, frozenset([HEARD]))
    return Small(IN_MEMORY, dynamodb, sns, sqs, "topic", "inbox", "dead")


def _on_moto() -> Small:
    clients: Any = Clients()
    make_table(clients.dynamodb)
    dead, dead_arn = _queue(clients.sqs, "dead", {})
    redrive = f'{{"deadLetterTargetArn": "{dead_arn}", "maxReceiveCount": 2}}'
    inbox, arn = _queue(clients.sqs, "inbox", {"RedrivePolicy": redrive, "VisibilityTimeout": "0"})
    topic = clients.sns.create_topic(Name="cups")["TopicArn"]
    wants = {"RawMessageDelivery": "true", "FilterPolicy": f'{{"type": ["{HEARD}"]}}'}
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=wants)
    return Small(MOTO, clients.dynamodb, clients.sns, clients.sqs, topic, inbox, dead, clients.streams)


def make_table(dynamodb: Any, name: str = TABLE, *, indexed: bool = True) -> None:
    index = [{"AttributeName": "shelf", "KeyType": "HASH"}, {"AttributeName": "place", "KeyType": "RANGE"}]
    keys_only = {"IndexName": INDEX, "KeySchema": index, "Projection": {"ProjectionType": "KEYS_ONLY"}}
    names = ("pk", "shelf", "place") if indexed else ("pk",)
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in names],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        **({"GlobalSecondaryIndexes": [keys_only]} if indexed else {}),
    )


def _queue(sqs: Any, name: str, attributes: dict[str, str]) -> tuple[str, str]:
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def _refusal(response: Any) -> tuple[str, Any]:
    reasons = [(reason["Code"], reason.get("Item")) for reason in response.get("CancellationReasons", ())]
    return response["Error"]["Code"], reasons or response.get("Item")
