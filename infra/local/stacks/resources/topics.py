"""SNS topics and their policies."""

import json
from collections.abc import Mapping

from infra.local.clients import Clients
from infra.local.stacks.resources.kind import ANY, Attributes, Kind, Properties, meaning


def _ensure_topic(clients: Clients, wanted: Properties) -> Attributes:
    arn = clients.sns.create_topic(Name=wanted["TopicName"])["TopicArn"]  # gives the one that is there, if it is
    _change(clients, arn, {"KmsMasterKeyId": wanted.get("KmsMasterKeyId", "")})
    return {"Ref": arn, "TopicArn": arn, "TopicName": wanted["TopicName"]}


def _ensure_policy(clients: Clients, wanted: Properties) -> Attributes:
    for arn in wanted["Topics"]:
        _change(clients, arn, {"Policy": json.dumps(wanted["PolicyDocument"])})
    return {"Ref": ",".join(wanted["Topics"])}


def _change(clients: Clients, arn: str, wanted: Mapping[str, str]) -> None:
    """Sets what differs."""
    current = clients.sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    for name, value in wanted.items():
        if meaning(current.get(name, "")) != meaning(value):
            clients.sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)


TOPIC = Kind(
    shape={"TopicName": None, "KmsMasterKeyId": None},
    required=("TopicName",),
    attributes=("TopicArn", "TopicName"),
    ensure=_ensure_topic,
)
TOPIC_POLICY = Kind(
    shape={"Topics": [None], "PolicyDocument": ANY},
    required=("Topics", "PolicyDocument"),
    attributes=(),
    ensure=_ensure_policy,
)
