"""SQS over lines of messages: sends, receives and deletes that neither race nor slow down as the queue grows."""

import copy
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.moto_api._internal import mock_random
from moto.sqs import models
from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend

from infra.local.moto.callers import CALLER
from infra.local.moto.lines import Line
from infra.local.moto.patching import around, instead

# How soon a long poll notices that its caller has hung up.
LISTEN_SECONDS = 0.5
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
MAX_VISIBILITY_SECONDS = 12 * 3600


def line_of(queue: Queue) -> Line:
    line: Line = queue._line  # type: ignore[attr-defined]
    return line


def new_queue(original: Callable[..., None], self: Queue, *args: Any, **kwargs: Any) -> None:
    self._line = Line()  # type: ignore[attr-defined]
    self._recent = OrderedDict()  # type: ignore[attr-defined]
    original(self, *args, **kwargs)


def set_messages(self: Queue, messages: list[Message]) -> None:
    """moto empties a queue by giving it a new list."""
    for message in line_of(self).messages():
        line_of(self).remove(message)
    for message in messages:
        line_of(self).add(message)


def add_message(self: Queue, message: Message) -> None:
    if not (self.fifo_queue and is_repeated(self, message)):
        line_of(self).add(message)


def is_repeated(queue: Queue, message: Message) -> bool:
    """Whether a FIFO queue was sent this deduplication id in the last five minutes."""
    recent: OrderedDict[str, float] = queue._recent  # type: ignore[attr-defined]
    present = time.monotonic()
    while recent and next(iter(recent.values())) < present - models.DEDUPLICATION_TIME_IN_SECONDS:
        recent.popitem(last=False)
    name = message.deduplication_id
    if name is None or name in recent:
        return name is not None
    recent[name] = present
    return False


def delete_message(self: Queue, receipt_handle: str) -> None:
    line = line_of(self)
    with line.changed:
        message = line.holder(receipt_handle)
        if message is not None:
            line.remove(message)
        elif not line.was_deleted(receipt_handle):
            raise ReceiptHandleIsInvalid()


def change_message_visibility(self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
    line, seconds = line_of(self.get_queue(queue_name)), int(visibility_timeout)
    with line.changed:
        message = line.holder(receipt_handle)
        if message is None:
            raise ReceiptHandleIsInvalid()
        if time.time() + seconds - (message.sent_timestamp or 0) / 1000 > MAX_VISIBILITY_SECONDS:
            raise InvalidParameterValue(
                f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout "
                f"for the message is beyond the limit [{MAX_VISIBILITY_SECONDS} seconds]"
            )
        message.change_visibility(seconds)
        line.file(message)


def receive_message(
    self: SQSBackend,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Message]:
    """Copies of the messages as they are handed out. A caller who has hung up meanwhile gets none."""
    queue, end = self.get_queue(queue_name), time.monotonic() + wait_seconds_timeout
    while CALLER.connected() if wait_seconds_timeout else True:
        if received := hand_out(queue, count, visibility_timeout):
            return [copy_of(message, message_attribute_names or []) for message in received]
        left = end - time.monotonic()
        if left <= 0:
            break
        line_of(queue).wait(min(left, LISTEN_SECONDS))
    return []


def hand_out(queue: Queue, count: int, visibility_seconds: int) -> list[Message]:
    line, dead = line_of(queue), list[Message]()
    with line.changed:
        blocked = line.groups_in_flight() if queue.fifo_queue else set[str]()
        taken = line.take(count, lambda message: admit(queue, message, blocked, dead))
        received = [copy_on_receipt(message, visibility_seconds) for message in taken]
        for message in taken:
            line.file(message)
    for message in dead:  # not under the lock: two queues may be each other's dead-letter queue
        queue.dead_letter_queue.add_message(message)  # type: ignore[union-attr]
    return received


def copy_on_receipt(message: Message, visibility_seconds: int) -> Message:
    message.mark_received(visibility_timeout=visibility_seconds)
    return copy.copy(message)


def admit(queue: Queue, message: Message, blocked: set[str], dead: list[Message]) -> bool:
    """Whether the message may be handed out. Those that have outlived their time leave the queue here."""
    if (message.sent_timestamp or 0) / 1000 + queue.message_retention_period <= time.time():  # type: ignore[attr-defined]
        line_of(queue).remove(message)
        return False
    if message.group_id in blocked:
        return False
    policy = queue.redrive_policy
    if queue.dead_letter_queue is None or not policy:
        return True
    if message.approximate_receive_count < policy["maxReceiveCount"]:
        return True
    if journal := line_of(queue.dead_letter_queue).journal:
        journal.came(message)  # it is not to be lost between the two
    line_of(queue).remove(message)
    dead.append(message)
    return False


def copy_of(message: Message, attribute_names: list[str]) -> Message:
    models._filter_message_attributes(message, attribute_names)
    return message


class Attributes(Mapping[str, Any]):
    """A queue's attributes, each worked out when it is asked for: counting the messages is not for every send."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue

    def __contains__(self, name: object) -> bool:
        queue = self.queue
        return (
            name in queue.BASE_ATTRIBUTES
            or (queue.fifo_queue and name in queue.FIFO_ATTRIBUTES)
            or (bool(queue.kms_master_key_id) and name in queue.KMS_ATTRIBUTES)  # type: ignore[attr-defined]
        )

    def __iter__(self) -> Iterator[str]:
        queue = self.queue
        every = (*queue.BASE_ATTRIBUTES, *queue.FIFO_ATTRIBUTES, *queue.KMS_ATTRIBUTES)
        return (name for name in every if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        value = getattr(self.queue, camelcase_to_underscores(name))
        if name == "RedrivePolicy" and value:
            return json.dumps(value)
        return str(value).lower() if isinstance(value, bool) else value


def receipt_handle() -> str:
    return f"{mock_random.getrandbits(740):0185x}"


def mend() -> None:
    around(Queue, "__init__", new_queue)
    instead(
        Queue,
        messages=property(lambda queue: line_of(queue).ready_messages()),
        approximate_number_of_messages=property(lambda queue: line_of(queue).counts()[0]),
        approximate_number_of_messages_not_visible=property(lambda queue: line_of(queue).counts()[1]),
        approximate_number_of_messages_delayed=property(lambda queue: line_of(queue).counts()[2]),
        attributes=property(Attributes),
        add_message=add_message,
        delete_message=delete_message,
    )
    setattr(Queue, "_messages", property(lambda queue: line_of(queue).messages(), set_messages))  # noqa: B010
    instead(SQSBackend, receive_message=receive_message, change_message_visibility=change_message_visibility)
    instead(models, generate_receipt_handle=receipt_handle)
