"""SNS in memory: a topic copies what is published to each subscribed queue whose filter lets it through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulation.cloud.errors import refused
from tests.simulation.cloud.sqs import Queue

ENTRIES = 10
SIZE = 256 * 1024


@dataclass(frozen=True)
class Subscription:
    """A queue that hears those messages of a topic whose attribute `type` is one of these."""

    topic: str
    queue: Queue
    types: frozenset[str]


class SNS:
    """A client; `deliver` carries a message to a subscription, at once unless somebody else takes it on."""

    def __init__(self) -> None:
        self.topics: dict[str, list[Subscription]] = {}
        self.deliver: Callable[[Subscription, str], object] = lambda to, body: to.queue.put(body)

    def add(self, arn: str) -> None:
        self.topics[arn] = []

    def subscribe(self, arn: str, queue: Queue, types: frozenset[str]) -> None:
        self.topics[arn].append(Subscription(arn, queue, types))

    def publish_batch(self, TopicArn: str, PublishBatchRequestEntries: list[Mapping[str, Any]]) -> dict[str, Any]:
        entries = PublishBatchRequestEntries
        _refuse_bad(entries)
        for entry in entries:
            told = entry.get("MessageAttributes", {}).get("type", {}).get("StringValue")
            for subscription in self.topics[TopicArn]:
                if told in subscription.types:
                    self.deliver(subscription, entry["Message"])
        return {"Successful": [{"Id": entry["Id"]} for entry in entries], "Failed": []}


def _refuse_bad(entries: list[Mapping[str, Any]]) -> None:
    ids = [entry["Id"] for entry in entries]
    if not ids:
        raise refused("PublishBatch", "EmptyBatchRequest", "The batch request doesn't contain any entries.")
    if len(ids) > ENTRIES:
        message = "The batch request contains more entries than permissible."
        raise refused("PublishBatch", "TooManyEntriesInBatchRequest", message)
    if len(set(ids)) < len(ids):
        message = "Two or more batch entries in the request have the same Id."
        raise refused("PublishBatch", "BatchEntryIdsNotDistinct", message)
    if sum(len(entry["Message"].encode()) for entry in entries) > SIZE:
        message = "The length of all the batch messages put together is more than the limit."
        raise refused("PublishBatch", "BatchRequestTooLong", message)
