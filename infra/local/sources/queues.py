"""Feeds a handler from an SQS queue, as Lambda's event source mapping does."""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from infra.local.clients import Clients
from infra.local.sources import payload
from infra.local.sources.activity import Activity
from infra.local.sources.answers import failures
from infra.local.sources.mapping import Invoke, QueueMapping
from infra.local.sources.patience import Patience
from infra.local.sources.queue_events import Message, to_event

_log = logging.getLogger(__name__)
_POLL_SECONDS = 1  # a stop waits for the poll in flight: to drop it would hide its messages until they time out
_MOST_AT_ONCE = 10  # messages in one call of the SQS API


@dataclass(frozen=True)
class Receive:
    """The next call for messages."""

    most: int
    wait_seconds: int


def next_receive(mapping: QueueMapping, gathered: int, waited: float) -> Receive | None:
    """How to go on with a batch whose first message came `waited` seconds ago; None if it is complete.

    Without a window a batch is what the first answer brings; the window opens with the first message.
    """
    if gathered == 0:
        return Receive(min(mapping.batch_size, _MOST_AT_ONCE), _POLL_SECONDS)
    left = mapping.window_seconds - waited
    if left <= 0 or gathered >= mapping.batch_size:
        return None
    return Receive(min(mapping.batch_size - gathered, _MOST_AT_ONCE), _POLL_SECONDS if left >= _POLL_SECONDS else 0)


def run(mapping: QueueMapping, invoke: Invoke, clients: Clients, stop: threading.Event, activity: Activity) -> None:
    """Until `stop`: then the batches in flight are finished, and messages not handled are made visible again.

    One thread receives, `concurrency` threads handle; it receives only when a thread is free to handle.
    """
    patience = Patience(f"{mapping.handler}: {mapping.queue_arn}", stop)
    free = threading.Semaphore(mapping.concurrency)
    queue: _Queue | None = None
    with ThreadPoolExecutor(mapping.concurrency, thread_name_prefix=mapping.handler) as pool:
        while not stop.is_set():
            free.acquire()
            batch: list[Message] = []
            try:
                queue = queue or _Queue(clients, mapping)
                queue.gather(batch, stop)
                patience.worked()
            except Exception as error:  # the cloud may be starting anew; a poller that ends would hide it
                patience.failed(error)
            if queue and batch and not stop.is_set():
                pool.submit(_handle, batch, mapping, invoke, queue, activity).add_done_callback(
                    lambda _: free.release()
                )
                continue
            if queue and batch:
                queue.give_back(batch)
            free.release()


def _handle(batch: list[Message], mapping: QueueMapping, invoke: Invoke, queue: "_Queue", activity: Activity) -> None:
    for part in payload.parts(batch, lambda message: len(message["Body"].encode())):
        failed = _failed(part, mapping, invoke)
        activity.touch()
        queue.delete([message for message in part if message["MessageId"] not in failed])


def _failed(messages: Sequence[Message], mapping: QueueMapping, invoke: Invoke) -> set[str]:
    """The ids of the messages that were not handled: they stay, and come again when their visibility ends."""
    ids = [message["MessageId"] for message in messages]
    try:
        answer = invoke(to_event(messages, mapping.queue_arn))
        failed = failures(answer, ids) if mapping.partial_responses else set()
    except (Exception, SystemExit) as error:
        _log.error("%s failed, messages %s will come again", mapping.handler, ", ".join(ids), exc_info=error)
        return set(ids)
    if failed:
        _log.error("%s reported as failed: messages %s", mapping.handler, ", ".join(sorted(failed)))
    return failed


class _Queue:
    """The calls of the SQS API that a mapping needs."""

    def __init__(self, clients: Clients, mapping: QueueMapping) -> None:
        account, name = mapping.queue_arn.split(":")[4:6]
        self._mapping = mapping
        self._sqs = clients.sqs
        self._url = self._sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]

    def gather(self, batch: list[Message], stop: threading.Event) -> None:
        """Fills `batch` until it is full, its window is over, nothing comes at all, or a stop."""
        first_came = time.monotonic()
        while receive := next_receive(self._mapping, len(batch), time.monotonic() - first_came):
            messages = self._receive(receive)
            if not batch:
                first_came = time.monotonic()
            batch.extend(messages)
            if stop.is_set() or not batch:
                return
            if not messages and receive.wait_seconds == 0:
                stop.wait(0.05)

    def _receive(self, receive: Receive) -> list[Message]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=receive.most,
            WaitTimeSeconds=receive.wait_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [dict(message) for message in answer.get("Messages", [])]

    def delete(self, messages: Sequence[Message]) -> None:
        """A message that can not be deleted comes again: a handler must bear that, as on AWS."""
        for entries in _entries(messages):
            try:
                answer = self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
                self._complain("deleted", list(answer.get("Failed", [])))
            except Exception as error:
                self._complain("deleted", error)

    def give_back(self, messages: Sequence[Message]) -> None:
        for entries in _entries(messages):
            visible: Any = [{**entry, "VisibilityTimeout": 0} for entry in entries]
            try:
                self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=visible)
            except Exception as error:
                self._complain("given back", error)

    def _complain(self, what: str, error: object) -> None:
        if error:
            _log.warning("%s: messages could not be %s: %s", self._mapping.handler, what, error)


def _entries(messages: Sequence[Message]) -> list[list[Any]]:
    entries = [{"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]} for i, message in enumerate(messages)]
    return [entries[i : i + _MOST_AT_ONCE] for i in range(0, len(entries), _MOST_AT_ONCE)]
