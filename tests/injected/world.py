"""The shop on moto as the simulation's world: the same rules, and the same look at rest, see what moto holds.

What moto's streams tell of each write goes into the world's own tables. The event sources are Lambda's, made by hand:
what a function did not take is given to it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from functools import cache
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from chassis import clock
from infra.local.clients import ACCOUNT_ID, REGION, Clients
from infra.local.moto.queues import line_of
from tests.injected.injector import Injector
from tests.shop import CONTEXT, Shop, forget_sign_outs, scheduled
from tests.simulation.clients import Crash
from tests.simulation.cloud.dynamodb import Change
from tests.simulation.cloud.sqs import Waiting
from tests.simulation.rest import is_quiet
from tests.simulation.rules import Rules
from tests.simulation.world import BEGAN, Quiet, World, event_of

ROUNDS = 60  # of all event sources, within which all has to come to rest
MINUTE = 60.0


class OnMoto(World):
    """One life of the shop, with faults at some of its calls of AWS."""

    def __init__(self, shop: Shop, injector: Injector, plan: dict[int, str]) -> None:
        super().__init__(0)
        self.faults.heal()
        self.shop, self.injector = shop, injector
        self.shut: set[str] = set()  # capabilities whose inbox is off
        self.scheduler.now = (datetime.now(UTC) - BEGAN).total_seconds()  # Cognito's tokens have the real time
        self._empty()
        self._seen = {name: self._shard(name).following for name in self.apps}
        self._relayed = dict(self._seen)
        Rules(self)
        injector.begin(plan)
        injector.sent = self._see

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Within, the process's clock is this life's, and no log is shown."""
        clock.use(self._now, self.pass_time)
        forget_sign_outs()
        try:
            with redirect_stdout(Quiet()):
                yield
        finally:
            clock.use(None)

    def pass_time(self, seconds: float) -> None:
        self.scheduler.now += seconds

    def settle(self) -> None:
        """Lets the event sources, and the minutes, go on until nothing moves and no order waits."""
        for _ in range(ROUNDS):
            if self.deliver():
                continue
            if is_quiet(self):
                return
            self.pass_time(MINUTE)
            self.tick()
        self.violate("all comes to rest", f"not within {ROUNDS} rounds")

    def deliver(self) -> bool:
        """One round of all streams and queues; whether anything moved."""
        told = [self._relay(name) for name in self.apps]
        heard = [self._hear(name) for name in self.inboxes if name not in self.shut]
        return any(told) or any(heard)

    def tick(self, *names: str) -> None:
        for name in names or ("orders",):
            self._call(self.apps[name].tick, scheduled())

    def lose(self, name: str) -> None:
        """What waits in an inbox was there for longer than its queue keeps it."""
        self.forgotten |= {event_of(message["Body"]) for message in self._drained(f"{name}-inbox")}

    def collect_letters(self) -> None:
        """Shows the rules what was set aside."""
        for name, queue in self.sqs.queues.items():
            for message in self._drained(name):
                attributes = message.get("MessageAttributes", {})
                queue.waiting.append(Waiting(message["MessageId"], message["Body"], 0.0, attributes=attributes))

    def _relay(self, name: str) -> bool:
        """What a stream has new: from the first record that was not told, it is told again."""
        at = self._relayed[name]
        records: list[dict[str, Any]] = list(self._shard(name).get(at, 100))
        if not records:
            return False
        answer = self._call(self.apps[name].relay, {"Records": records})
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]} if answer else None
        sequences = [record["dynamodb"]["SequenceNumber"] for record in records]
        if failed is not None:
            done = next((place for place, each in enumerate(sequences) if each in failed), len(records))
            self._relayed[name] = at + done
        return True

    def _hear(self, name: str) -> bool:
        """What a queue has: a message that was not heard is seen again."""
        queue = f"{name}-inbox"
        messages = self._receive(queue)
        if not messages:
            return False
        answer = self._call(self.apps[name].inbox, {"Records": [_record(message) for message in messages]})
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]} if answer else None
        for message in messages:
            if failed is None or message["MessageId"] in failed:
                self._show_again(queue, message)
            else:
                self.heard.add((queue, event_of(message["Body"])))
                self._delete(queue, message)
        return True

    def _call(self, function: Any, event: dict[str, Any]) -> Any:
        try:
            return function(event, CONTEXT) or {}
        except (Crash, Exception):
            return None

    def _see(self) -> None:
        """Shows the rules what was written just now: the records of one write are those that are new."""
        for name in self.apps:
            records = self._shard(name).get(self._seen[name], 200)
            if records:
                self._seen[name] += len(records)
                self._written([self._kept(name, record["dynamodb"]) for record in records])

    def _kept(self, name: str, told: dict[str, Any]) -> Change:
        key = told["Keys"]["pk"]["S"]
        self.dynamodb.tables[name].items[key] = told["NewImage"]
        return Change(name, key, told.get("OldImage"), told["NewImage"])

    def _empty(self) -> None:
        """Takes away what another life left."""
        for name in self.apps:
            keys = [item.attrs["pk"].to_json() for item in self._table(name).all_items()]
            gone = [{"DeleteRequest": {"Key": {"pk": key}}} for key in keys]
            for first in range(0, len(gone), 25):
                batch: Any = {f"emporium-test-{name}": gone[first : first + 25]}
                self.shop.clients.dynamodb.batch_write_item(RequestItems=batch)
        for queue in self.sqs.queues:
            for _ in self._drained(queue):
                pass

    def _table(self, name: str) -> Any:
        return dynamodb_backends[ACCOUNT_ID][REGION].tables[f"emporium-test-{name}"]

    def _shard(self, name: str) -> Any:
        """Its stream, read where moto keeps it: asking for it is half of what a life would cost."""
        return self._table(name).stream_shard

    def _url(self, queue: str) -> str:
        return _url(self.shop.clients, queue)

    def _receive(self, queue: str) -> list[dict[str, Any]]:
        if not line_of(sqs_backends[ACCOUNT_ID][REGION].queues[f"emporium-test-{queue}"]).messages():
            return []
        received: Any = self.shop.clients.sqs.receive_message(
            QueueUrl=self._url(queue),
            MaxNumberOfMessages=10,
            AttributeNames=["ApproximateReceiveCount"],
            MessageAttributeNames=["All"],
        )
        return list(received.get("Messages", ()))

    def _drained(self, queue: str) -> Iterator[dict[str, Any]]:
        while got := self._receive(queue):
            for message in got:
                self._delete(queue, message)
                yield message

    def _delete(self, queue: str, message: dict[str, Any]) -> None:
        self.shop.clients.sqs.delete_message(QueueUrl=self._url(queue), ReceiptHandle=message["ReceiptHandle"])

    def _show_again(self, queue: str, message: dict[str, Any]) -> None:
        """At once: how long it is out of sight is a question of time, and not asked here."""
        self.shop.clients.sqs.change_message_visibility(
            QueueUrl=self._url(queue), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )


@cache
def _url(clients: Clients, queue: str) -> str:
    return clients.sqs.get_queue_url(QueueName=f"emporium-test-{queue}")["QueueUrl"]


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
    }
