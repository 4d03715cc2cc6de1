"""What stands in a cloud, as plain values."""

from typing import Any

from infra.local.clients import Clients


def queue_attributes(clients: Clients, name: str) -> dict[str, Any]:
    url = clients.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    answer = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in answer["Attributes"].items()}


def subscriptions(clients: Clients) -> list[dict[str, Any]]:
    found = clients.sns.list_subscriptions()["Subscriptions"]
    return [
        clients.sns.get_subscription_attributes(SubscriptionArn=each["SubscriptionArn"])["Attributes"] for each in found
    ]
