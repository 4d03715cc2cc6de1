"""Where operators look: the tables, topics and queues of a stage, in AWS or in the cloud of `emporium up`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.deploy.aws import Aws, connect
from infra.deploy.errors import Unusable
from infra.deploy.stages import LOCAL, StageNotKnown, deployable
from infra.local import clients, cloud

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Place:
    """A stage, whose things have the names that the templates give them; `aws` has what the local cloud has not.

    `patience` is how many seconds a queue is asked for letters before it counts as empty: in AWS a queue is spread over
    machines, of which a short question reaches a few.
    """

    stage: str
    dynamodb: "DynamoDBClient"
    sns: "SNSClient"
    sqs: "SQSClient"
    topics: str  # the ARN of a topic, up to its name
    aws: Aws | None = None
    streams: Any = None  # of the local cloud, which forgets nothing
    patience: int = 0

    def table(self, capability: str) -> str:
        return f"emporium-{self.stage}-{capability}"

    def topic(self, capability: str) -> str:
        return f"{self.topics}emporium-{self.stage}-{capability}"

    def having(self, *capabilities: str) -> "Place":
        """Itself; raises Unusable for a capability that the stage has not, of which nothing could be told."""
        for each in capabilities:
            if self.queue(each, "relay-dlq") is None:
                raise Unusable(f"{each} is not at the stage {self.stage}: emporium deploy {each} --stage {self.stage}")
        return self

    def queue(self, capability: str, role: str) -> str | None:
        """The URL of a queue; None where the capability has no such one."""
        try:
            return self.sqs.get_queue_url(QueueName=f"{self.table(capability)}-{role}")["QueueUrl"]
        except self.sqs.exceptions.QueueDoesNotExist:
            return None


def place(stage: str, cloud_url: str) -> Place:
    """The stage `local` is at `cloud_url`, others are where the user's AWS settings lead; raises Unusable."""
    return local(cloud_url) if stage == LOCAL else in_aws(stage)


def local(url: str) -> Place:
    """Raises Unusable where nothing answers as a cloud does."""
    if not cloud.is_url(url):
        raise Unusable(f"--cloud-url: {url!r} is no http:// or https:// address")
    if wrong := cloud.what_is_wrong(url.rstrip("/")):
        raise Unusable(
            f"no local cloud answers at {url} ({wrong}): start it with `emporium up`, or say where by --cloud-url"
        )
    return of_clients(LOCAL, clients.Clients(url.rstrip("/")))


def of_clients(stage: str, made: clients.Clients) -> Place:
    """A stage in a local cloud."""
    topics = f"arn:aws:sns:{clients.REGION}:{clients.ACCOUNT_ID}:"
    return Place(stage, made.dynamodb, made.sns, made.sqs, topics, streams=made.streams)


def in_aws(stage: str) -> Place:
    """Raises Unusable for a stage that there is not."""
    try:
        name = deployable(stage).name
    except StageNotKnown as unknown:
        raise Unusable(f"--stage: {unknown}") from None
    return of_aws(name, connect())


def of_aws(stage: str, aws: Aws) -> Place:
    partition = aws.session.get_partition_for_region(aws.region)
    topics = f"arn:{partition}:sns:{aws.region}:{aws.account}:"
    return Place(stage, aws.dynamodb, aws.sns, aws.sqs, topics, aws=aws, patience=2)
