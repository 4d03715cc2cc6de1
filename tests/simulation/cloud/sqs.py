"""SQS in memory: a message that was received is out of sight for a while, and set aside once that was too often."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST = 10  # messages of one call


@dataclass
class Waiting:
    """A message in a queue: out of sight until `visible`; whoever received it last has the receipt."""

    id: str
    body: str
    visible: float
    received: int = 0
    receipt: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Queue:
    """One queue; `dead` is where goes what was received `receives` times in vain."""

    name: str
    now: Callable[[], float]
    visibility: float = 60.0
    dead: "Queue | None" = None
    receives: int = 5
    waiting: list[Waiting] = field(default_factory=list)
    count: int = 0

    def put(self, body: str, delay: float = 0.0, attributes: dict[str, Any] | None = None) -> Waiting:
        self.count += 1
        message = Waiting(f"{self.name}-{self.count}", body, self.now() + delay, attributes=attributes or {})
        self.waiting.append(message)
        return message

    def visible(self) -> list[Waiting]:
        """What could be received now; what was received too often goes to the dead letters instead."""
        now = self.now()
        ready = [message for message in self.waiting if message.visible <= now]
        if self.dead is None:
            return ready
        for message in [each for each in ready if each.received >= self.receives]:
            self.waiting.remove(message)
            self.dead.put(message.body, attributes=message.attributes)
        return [message for message in ready if message.received < self.receives]

    def receive(self, messages: list[Waiting]) -> list[Waiting]:
        """Takes these out of sight, and gives each a new receipt."""
        for message in messages:
            message.received += 1
            message.visible = self.now() + self.visibility
            message.receipt = f"{message.id}/{message.received}"
        return messages

    def delete(self, receipt: str) -> None:
        """By the receipt, as long as it is the last one that was given; an older one is taken, and does nothing."""
        self.waiting[:] = [message for message in self.waiting if message.receipt != receipt or not receipt]


class SQS:
    """A client; a queue's URL is its name."""

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self.queues: dict[str, Queue] = {}
        self._now = now

    def add(self, name: str, dead: Queue | None = None, visibility: float = 60.0, receives: int = 5) -> Queue:
        self.queues[name] = Queue(name, self._now, visibility, dead, receives)
        return self.queues[name]

    def send_message(
        self, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {"MessageId": self.queues[QueueUrl].put(MessageBody, attributes=MessageAttributes).id}

    def receive_message(self, QueueUrl: str, MaxNumberOfMessages: int = 1, **asked: Any) -> dict[str, Any]:
        queue = self.queues[QueueUrl]
        messages = queue.receive(queue.visible()[: min(MaxNumberOfMessages, MOST)])
        return {"Messages": [_shown(message) for message in messages]} if messages else {}

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        self.queues[QueueUrl].delete(ReceiptHandle)
        return {}


def _shown(message: Waiting) -> dict[str, Any]:
    return {
        "MessageId": message.id,
        "Body": message.body,
        "ReceiptHandle": message.receipt,
        "Attributes": {"ApproximateReceiveCount": str(message.received)},
    }
