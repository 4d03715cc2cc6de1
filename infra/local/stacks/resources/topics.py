"""SNS topics."""

from infra.local.clients import Clients
from infra.local.stacks.resources.kind import Attributes, Kind, Properties


def _ensure(clients: Clients, wanted: Properties) -> Attributes:
    arn = clients.sns.create_topic(Name=wanted["TopicName"])["TopicArn"]  # gives the one that is there, if it is
    return {"Ref": arn, "TopicArn": arn, "TopicName": wanted["TopicName"]}


TOPIC = Kind(
    shape={"TopicName": None},
    required=("TopicName",),
    attributes=("TopicArn", "TopicName"),
    ensure=_ensure,
)
