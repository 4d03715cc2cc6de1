"""What the tests of the event sources are made of: running mappings, and handlers that remember."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.clients import Clients
from infra.local.sources import Invoke, Mapping, run

STREAM_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/things/stream/2026-01-01T00:00:00.000"
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:things"


@contextmanager
def running(mapping: Mapping, invoke: Invoke, clients: Clients, checkpoints: Path) -> Iterator[threading.Event]:
    """Runs the mapping in a thread while the block lasts; then it must stop by itself."""
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(mapping, invoke, clients, stop, checkpoints), daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive(), "the mapping did not stop"


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.01)


class Handler:
    """Remembers every event; fails, or reports, those whose items `is_poison`."""

    def __init__(self, is_poison: Callable[[str], bool] = lambda name: False, reports: bool = False) -> None:
        self.batches: list[list[str]] = []
        self.handled: list[str] = []
        self._is_poison = is_poison
        self._reports = reports

    def __call__(self, event: dict[str, Any]) -> Any:
        names = [_name(record) for record in event["Records"]]
        self.batches.append(names)
        poison = [name for name in names if self._is_poison(name)]
        if poison and not self._reports:
            raise RuntimeError(f"poison: {poison}")
        if not poison:
            self.handled += names
            return None
        if "body" in event["Records"][0]:
            self.handled += [name for name in names if name not in poison]
        else:
            self.handled += names[: names.index(poison[0])]
        failed = [_identifier(record) for record in event["Records"] if _name(record) in poison]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def _name(record: dict[str, Any]) -> str:
    return str(record["body"] if "body" in record else record["dynamodb"]["Keys"]["id"]["S"])


def _identifier(record: dict[str, Any]) -> str:
    return str(record["messageId"] if "body" in record else record["dynamodb"]["SequenceNumber"])


def a_record(number: int, created: int = 0) -> dict[str, Any]:
    """A stream record as Lambda shapes it, as far as the deciding looks at it."""
    return {"dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": created, "SizeBytes": 10}}


def some_records(count: int) -> tuple[dict[str, Any], ...]:
    return tuple(a_record(number) for number in range(count))


def a_queue(clients: Clients, name: str = "things", **attributes: str) -> tuple[str, str]:
    """Its URL and its ARN."""
    settings: Any = attributes
    url = clients.sqs.create_queue(QueueName=name, Attributes=settings)["QueueUrl"]
    answer = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]


def put_messages(clients: Clients, url: str, bodies: Sequence[str]) -> None:
    for body in bodies:
        clients.sqs.send_message(QueueUrl=url, MessageBody=body)


def waiting(clients: Clients, url: str) -> tuple[int, int]:
    """How many messages are visible, and how many are received and not deleted."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found: Any = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


def a_stream(clients: Clients) -> str:
    """The ARN of the stream of a new table `things` with the key `id`."""
    made = clients.dynamodb.create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return made["TableDescription"]["LatestStreamArn"]


def put_items(clients: Clients, names: Sequence[str], **attributes: Any) -> None:
    for name in names:
        clients.dynamodb.put_item(TableName="things", Item={"id": {"S": name}, **attributes})
