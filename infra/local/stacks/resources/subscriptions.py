"""SNS subscriptions of SQS queues."""

from collections.abc import Mapping

from infra.local.clients import Clients
from infra.local.stacks.resources.kind import ANY, Attributes, Kind, Properties, as_attribute, meaning

# What counts when a template leaves an attribute out, so that taking a line away takes its effect away.
_DEFAULTS = {
    "RawMessageDelivery": "false",
    "FilterPolicyScope": "MessageAttributes",
    "FilterPolicy": "{}",
    "RedrivePolicy": "{}",
}


def _ensure(clients: Clients, wanted: Properties) -> Attributes:
    given = {name: as_attribute(wanted[name]) for name in _DEFAULTS if name in wanted}
    arn = _existing(clients, wanted)
    if arn is None:
        arn = _subscribe(clients, wanted, given)
    else:
        _update(clients, arn, _DEFAULTS | given)
    return {"Ref": arn, "Arn": arn}


def _subscribe(clients: Clients, wanted: Properties, given: Mapping[str, str]) -> str:
    return clients.sns.subscribe(
        TopicArn=wanted["TopicArn"],
        Protocol=wanted["Protocol"],
        Endpoint=wanted["Endpoint"],
        Attributes=given,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]


def _existing(clients: Clients, wanted: Properties) -> str | None:
    pages = clients.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=wanted["TopicArn"])
    for page in pages:
        for subscription in page["Subscriptions"]:
            if (subscription["Protocol"], subscription["Endpoint"]) == (
                wanted["Protocol"],
                wanted["Endpoint"],
            ):
                return subscription["SubscriptionArn"]
    return None


def _update(clients: Clients, arn: str, wanted: Mapping[str, str]) -> None:
    current = clients.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    for name, value in wanted.items():
        if meaning(current.get(name, _DEFAULTS[name])) != meaning(value):
            clients.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)


SUBSCRIPTION = Kind(
    shape={
        "TopicArn": None,
        "Protocol": frozenset({"sqs"}),
        "Endpoint": None,
        "RawMessageDelivery": None,
        "FilterPolicy": ANY,
        "FilterPolicyScope": None,
        "RedrivePolicy": {"deadLetterTargetArn": None},
    },
    required=("TopicArn", "Protocol", "Endpoint"),
    attributes=("Arn",),
    ensure=_ensure,
)
