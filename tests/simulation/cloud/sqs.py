"""SQS in memory: a message that was received is out of sight for a while, and set aside once that was too often."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

MOST = 10  # messages of one call


class QueueDoesNotExist(ClientError):
    """There is no queue of that name."""


@dataclass
class Waiting:
    """A message in a queue: out of sight until `visible`; whoever received it last has the receipt."""

    id: str
    body: str
    visible: float
    sent: float = 0.0
    received: int = 0
    receipt: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Queue:
    """One queue; `dead` is where goes what was received `receives` times in vain.

    A message is kept for `retention` seconds since it was first sent, in whichever queue it is by then; `forgot` is
    told of those that are gone.
    """

    name: str
    now: Callable[[], float]
    visibility: float = 60.0
    dead: "Queue | None" = None
    receives: int = 5
    retention: float = math.inf
    forgot: Callable[[Waiting], object] = lambda message: None
    waiting: list[Waiting] = field(default_factory=list)
    count: int = 0

    def put(self, body: str, delay: float = 0.0, attributes: dict[str, Any] | None = None) -> Waiting:
        self.count += 1
        at = self.now() + delay
        message = Waiting(f"{self.name}-{self.count}", body, at, at, attributes=attributes or {})
        self.waiting.append(message)
        return message

    def visible(self) -> list[Waiting]:
        """What could be received now; what was received too often goes to the dead letters instead."""
        now = self.now()
        self.forget()
        ready = [message for message in self.waiting if message.visible <= now]
        if self.dead is None:
            return ready
        for message in [each for each in ready if each.received >= self.receives]:
            self.waiting.remove(message)
            self.dead.put(message.body, attributes=message.attributes).sent = message.sent
        return [message for message in ready if message.received < self.receives]

    def forget(self) -> None:
        """Lets go what is too old."""
        since = self.now() - self.retention
        for message in [each for each in self.waiting if each.sent <= since]:
            self.waiting.remove(message)
            self.forgot(message)

    def receive(self, messages: list[Waiting], timeout: float | None = None) -> list[Waiting]:
        """Takes these out of sight, and gives each a new receipt."""
        for message in messages:
            message.received += 1
            message.visible = self.now() + (self.visibility if timeout is None else timeout)
            message.receipt = f"{message.id}/{message.received}"
        return messages

    def delete(self, receipt: str) -> None:
        """By the receipt, as long as it is the last one that was given; an older one is taken, and does nothing."""
        self.waiting[:] = [message for message in self.waiting if message.receipt != receipt or not receipt]


class SQS:
    """A client; a queue's URL is its name, and `sent` is told of each queue that somebody sends something to."""

    exceptions = SimpleNamespace(QueueDoesNotExist=QueueDoesNotExist)

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self.queues: dict[str, Queue] = {}
        self.sent: Callable[[str], None] = lambda name: None
        self._now = now

    def add(self, name: str, dead: Queue | None = None, visibility: float = 60.0, receives: int = 5) -> Queue:
        self.queues[name] = Queue(name, self._now, visibility, dead, receives)
        return self.queues[name]

    def get_queue_url(self, QueueName: str) -> dict[str, Any]:
        if QueueName not in self.queues:
            code = {"Code": "AWS.SimpleQueueService.NonExistentQueue", "Message": "The specified queue does not exist."}
            raise QueueDoesNotExist({"Error": code, "ResponseMetadata": {"HTTPStatusCode": 400}}, "GetQueueUrl")  # type: ignore[typeddict-item]  # as far as anybody looks
        return {"QueueUrl": QueueName}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: Iterable[str] = ()) -> dict[str, Any]:
        """How many messages can be received, and how many are out of sight."""
        queue = self.queues[QueueUrl]
        seen, all = len(queue.visible()), len(queue.waiting)
        counts = {"ApproximateNumberOfMessages": seen, "ApproximateNumberOfMessagesNotVisible": all - seen}
        return {"Attributes": {name: str(count) for name, count in counts.items()}}

    def send_message(
        self, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        sent = self.queues[QueueUrl].put(MessageBody, attributes=MessageAttributes)
        self.sent(QueueUrl)
        return {"MessageId": sent.id}

    def send_message_batch(self, QueueUrl: str, Entries: list[Mapping[str, Any]]) -> dict[str, Any]:
        for entry in Entries:
            self.send_message(QueueUrl, entry["MessageBody"], dict(entry.get("MessageAttributes", {})))
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries], "Failed": []}

    def receive_message(
        self, QueueUrl: str, MaxNumberOfMessages: int = 1, VisibilityTimeout: float | None = None, **asked: Any
    ) -> dict[str, Any]:
        queue = self.queues[QueueUrl]
        messages = queue.receive(queue.visible()[: min(MaxNumberOfMessages, MOST)], VisibilityTimeout)
        return {"Messages": [_shown(message) for message in messages]} if messages else {}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[Mapping[str, Any]]) -> dict[str, Any]:
        """For those messages that still have the receipt."""
        timeouts = {entry["ReceiptHandle"]: entry["VisibilityTimeout"] for entry in Entries}
        for message in self.queues[QueueUrl].waiting:
            if message.receipt in timeouts:
                message.visible = self._now() + timeouts[message.receipt]
        self.sent(QueueUrl)
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries], "Failed": []}

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        self.queues[QueueUrl].delete(ReceiptHandle)
        return {}

    def delete_message_batch(self, QueueUrl: str, Entries: list[Mapping[str, Any]]) -> dict[str, Any]:
        for entry in Entries:
            self.queues[QueueUrl].delete(entry["ReceiptHandle"])
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries], "Failed": []}


def _shown(message: Waiting) -> dict[str, Any]:
    return {
        "MessageId": message.id,
        "Body": message.body,
        "ReceiptHandle": message.receipt,
        "MessageAttributes": message.attributes,
        "Attributes": {
            "ApproximateReceiveCount": str(message.received),
            "SentTimestamp": str(int(message.sent * 1000)),
        },
    }
