"""A queue of dead letters: what is taken out is hidden from others, and comes back unless it was deleted."""

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.errors import Unusable
from infra.operate.letters import Box, Letter, letter
from infra.operate.place import Place

ENTRIES = 10  # in one call (the limit of SQS)
HOLD = 900  # seconds that a letter stays hidden, should this process be killed


class DeadLetters:
    """To be used by `with`: at its end, Ctrl-C included, what was taken and not deleted is there again for all."""

    def __init__(self, place: Place, box: Box, url: str) -> None:
        self.place, self.box, self.url = place, box, url
        self._held: dict[str, Letter] = {}

    def __enter__(self) -> "DeadLetters":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.put_back()
        except (BotoCoreError, ClientError):
            if error is None:
                raise  # else what went wrong first is told; they come back by themselves when their time is over

    def depth(self) -> int:
        """About so many letters: what SQS counts, those that somebody else looks at just now included."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.place.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(found.get(name, 0)) for name in names)

    def take(self, most: int) -> Iterator[Letter]:
        """At most so many letters; each stays hidden until it is deleted or put back."""
        while most > 0:
            with _uninterrupted():
                letters = self._receive(min(ENTRIES, most))
                self._held |= {each.id: each for each in letters}
            if not letters:
                return
            most -= len(letters)
            yield from letters

    def _receive(self, most: int) -> list[Letter]:
        got = self.place.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=most,
            VisibilityTimeout=HOLD,
            WaitTimeSeconds=self.place.patience,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [letter(self.box, message) for message in got.get("Messages", ())]

    def delete(self, letters: Iterable[Letter]) -> None:
        """Deletes them for good; what SQS does not delete just now stays held."""
        for batch in _tens(letters):
            gone = self.place.sqs.delete_message_batch(
                QueueUrl=self.url,
                Entries=[{"Id": str(at), "ReceiptHandle": each.handle} for at, each in enumerate(batch)],
            )
            for each in gone.get("Successful", ()):
                self._held.pop(batch[int(each["Id"])].id, None)

    def put_back(self) -> None:
        held, self._held = list(self._held.values()), {}
        for batch in _tens(held):
            self.place.sqs.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(at), "ReceiptHandle": each.handle, "VisibilityTimeout": 0}
                    for at, each in enumerate(batch)
                ],
            )


def open_boxes(place: Place, capability: str, only: Box | None = None) -> list[DeadLetters]:
    """The capability's queues of dead letters, or the one that is asked for; raises Unusable where there is none."""
    wanted: tuple[Box, ...] = (only,) if only else ("inbox", "relay")
    urls = {box: place.queue(capability, f"{box}-dlq") for box in wanted}
    found = [DeadLetters(place, box, url) for box, url in urls.items() if url]
    if not found:
        named = f"of the {only} " if only else ""
        raise Unusable(f"{capability} has no dead letters {named}at the stage {place.stage}: is it deployed?")
    return found


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C is heard after the block: letters of an answer that nobody takes in would be hidden, and not put back."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


def _tens(letters: Iterable[Letter]) -> Iterator[Sequence[Letter]]:
    every = list(letters)
    yield from (every[at : at + ENTRIES] for at in range(0, len(every), ENTRIES))
