"""SQS queues and their policies."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.local.clients import Clients
from infra.local.stacks.resources.kind import ANY, Attributes, Kind, Properties, as_attribute, meaning

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# What counts when a template leaves an attribute out, so that taking a line away takes its effect away.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_DEFAULTS: "dict[QueueAttributeNameType, str]" = {
    "DelaySeconds": "0",
    "KmsMasterKeyId": "",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}


def _ensure_queue(clients: Clients, wanted: Properties) -> Attributes:
    name = wanted["QueueName"]
    given = {attribute: as_attribute(wanted[attribute]) for attribute in _DEFAULTS if attribute in wanted}
    if "KmsMasterKeyId" in given:
        given.setdefault("SqsManagedSseEnabled", "false")  # a queue is encrypted in one way
    url = _url(clients, name)
    if url is None:
        url = clients.sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"]
    else:
        _change(clients, url, _DEFAULTS | given)
    arn = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {"Ref": url, "Arn": arn, "QueueName": name, "QueueUrl": url}


def _url(clients: Clients, name: str) -> str | None:
    try:
        return clients.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except clients.sqs.exceptions.QueueDoesNotExist:
        return None


def _change(clients: Clients, url: str, wanted: "Mapping[QueueAttributeNameType, str]") -> None:
    """Sets what differs."""
    current = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    differing = {name: value for name, value in wanted.items() if meaning(current.get(name, "")) != meaning(value)}
    if differing:
        clients.sqs.set_queue_attributes(QueueUrl=url, Attributes=differing)


def _ensure_policy(clients: Clients, wanted: Properties) -> Attributes:
    for url in wanted["Queues"]:
        _change(clients, url, {"Policy": json.dumps(wanted["PolicyDocument"])})
    return {"Ref": ",".join(wanted["Queues"])}


QUEUE = Kind(
    shape={
        "QueueName": None,
        **dict.fromkeys(_DEFAULTS),
        "RedrivePolicy": {"deadLetterTargetArn": None, "maxReceiveCount": None},
    },
    required=("QueueName",),
    attributes=("Arn", "QueueName", "QueueUrl"),
    ensure=_ensure_queue,
)
QUEUE_POLICY = Kind(
    shape={"Queues": [None], "PolicyDocument": ANY},
    required=("Queues", "PolicyDocument"),
    attributes=(),
    ensure=_ensure_policy,
)
