"""From the table's stream to the capability's topic: publishes the facts that each saved item tells.

Nothing is dropped because a call as a whole answered 200: an entry that SNS refuses for now makes its record, and what
comes after it, be delivered again; an entry that can never be published is parked with its cause, and blocks nobody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from chassis import aws, log, messages, metrics, settings
from chassis.messages import Message

Event = dict[str, Any]
ENTRIES = 10  # messages in one PublishBatch (the limit of SNS)
_NAMING = ("pk", "version", "outbox")  # what an operator finds an item by, and sees what it was to tell


class Sized(Protocol):
    """What goes in batches by its size in bytes."""

    @property
    def size(self) -> int: ...


E = TypeVar("E", bound=Sized)


class NotPublished(Exception):
    """Some facts could not be published just now: the batch is to be delivered again."""


class Entry(Struct, frozen=True):
    """One message on its way, and the stream record that it comes from."""

    record: str
    id: str
    type: str
    trace: str
    body: str

    @property
    def size(self) -> int:
        """Bytes as SQS counts them: the body, and the name, type and value of each attribute."""
        return len(self.body.encode()) + len(f"typeString{self.type}")


def relay(event: Event, capability: str, facts: Iterable[type]) -> Event:
    """Publishes all facts of a batch of stream records, in their order.

    Answers with the first record that failed where the mapping asks for partial answers, and raises otherwise.
    """
    known = {fact.__name__: fact for fact in facts}
    entries = [entry for record in event["Records"] for entry in _entries(record, capability, known)]
    failed = next(_failures(entries, capability), None)
    if failed is None:
        return {"batchItemFailures": []}
    if settings.on("PARTIAL_BATCH_RESPONSES"):
        return {"batchItemFailures": [{"itemIdentifier": failed}]}
    raise NotPublished(f"from record {failed}")


def _entries(record: Event, capability: str, known: dict[str, type]) -> Sequence[Entry]:
    sequence = record["dynamodb"]["SequenceNumber"]
    image = record["dynamodb"].get("NewImage", {})
    try:
        return [entry_of(sequence, message) for message in messages.of_image(capability, image, known)]
    except Exception as error:  # whatever is wrong with this one record, the others are not to wait for it
        named = {name: image[name] for name in _NAMING if name in image}  # of the rest, some may tell of a person
        log.follow(_trace(image))
        _park(capability, _json(named), f"{type(error).__name__}: {error}", sequence)
        return []


def _trace(image: Event) -> str | None:
    """The trace of an item that can not be read as a whole, if that much of it can be."""
    match image.get("outbox"):
        case {"L": [{"M": {"trace": {"S": str(trace)}}}, *_]}:
            return trace
    return None


def entry_of(record: str, message: Message[Any]) -> Entry:
    """The fact as it is published; raises ValueError for one that is longer than a message may be."""
    entry = Entry(record, message.id, message.type, message.traceparent, _json(message))
    if entry.size > messages.SIZE:
        raise ValueError(f"{message.id} is longer than a message may be")
    return entry


def _json(value: object) -> str:
    """The value with the two signs escaped that JSON may hold as they are, and SQS refuses (SendMessage)."""
    return msgspec.json.encode(value).decode().replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")


def _failures(entries: Sequence[Entry], capability: str) -> Iterator[str]:
    """Publishes, and gives the records of what did not get through for now, stopping at the first such batch."""
    for batch in batches(entries):
        failures = publish(aws.client("sns"), settings.text(f"{capability.upper()}_TOPIC_ARN"), batch)
        for place, entry in enumerate(batch):
            log.follow(entry.trace)
            failure = failures.get(place)
            if failure is None:
                log.say("told", event=entry.id, type=entry.type)
            elif failure.get("SenderFault"):
                _park(capability, entry.body, f"{failure['Code']}: {failure.get('Message', '')}", entry.record)
            else:
                log.warn("not published", event=entry.id, record=entry.record, cause=failure.get("Code"))
                metrics.measure({"BatchesDelayed": 1})
                yield entry.record


def publish(sns: Any, topic: str, batch: Sequence[Entry]) -> Mapping[int, Mapping[str, Any]]:
    """Publishes one batch; gives what SNS says of the entries that it did not take, by their place."""
    answer = sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[
            {
                "Id": str(place),
                "Message": entry.body,
                "MessageAttributes": {"type": {"DataType": "String", "StringValue": entry.type}},
            }
            for place, entry in enumerate(batch)
        ],
    )
    return {int(failure["Id"]): failure for failure in answer.get("Failed", ())}


def batches(entries: Iterable[E]) -> Iterator[Sequence[E]]:
    """The entries in their order, as many at once as SNS and SQS take in one call."""
    batch: list[E] = []
    size = 0
    for entry in entries:
        if batch and (len(batch) == ENTRIES or size + entry.size > messages.SIZE):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.size
    if batch:
        yield batch


def _park(capability: str, body: str, cause: str, record: str) -> None:
    """Sets aside what can never be published: with its cause, where an operator finds it."""
    log.warn("parked", record=record, cause=cause)
    metrics.measure({"FactsParked": 1})
    aws.client("sqs").send_message(
        QueueUrl=settings.text(f"{capability.upper()}_RELAY_DLQ_URL"),
        MessageBody=body[: messages.SIZE // 4],
        MessageAttributes={"cause": {"DataType": "String", "StringValue": cause[:1024] or "unknown"}},
    )
