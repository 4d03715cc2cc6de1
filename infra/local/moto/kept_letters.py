"""The messages of the queues, kept in files: what was on its way when a cloud was killed is on its way in the next one.

A file for each queue, of one line for each message that came and one for each that went. A line is written before the
message is seen, or before its deletion is confirmed: that outlives a kill of the process, not one of the machine.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moto.sqs.models import Message, Queue, SQSBackend

from infra.local.moto.patching import around
from infra.local.moto.queues import line_of

_FIELDS = (
    "body",
    "message_attributes",
    "system_attributes",
    "sent_timestamp",
    "approximate_receive_count",
    "approximate_first_receive_timestamp",
    "delayed_until",
    "group_id",
    "deduplication_id",
    "sequence_number",
)
_LONG = 1_000_000  # bytes; a file of nothing but what has gone is emptied from here on


class Journal:
    """One queue's file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.found = _read(path)
        beside = path.with_suffix(".new")
        beside.write_text("".join(_came(message) for message in self.found))  # those that went need no lines any more
        beside.rename(path)
        self._here = {message.id for message in self.found}
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)

    def came(self, message: Message) -> None:
        """Twice is as once: what moves to another queue is written there before it is struck out here."""
        self._here.add(message.id)
        os.write(self._file, _came(message).encode())

    def went(self, message: Message) -> None:
        self._here.discard(message.id)
        os.write(self._file, (json.dumps({"went": message.id}) + "\n").encode())
        if not self._here and os.fstat(self._file).st_size > _LONG:
            os.ftruncate(self._file, 0)


def _came(message: Message) -> str:
    kept = {name: getattr(message, name) for name in _FIELDS}
    return json.dumps({"came": message.id, **kept}, default=lambda raw: {"bytes": raw.hex()}) + "\n"


def _read(path: Path) -> list[Message]:
    left: dict[str, Message] = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            told = json.loads(line, object_hook=_with_bytes)
        except ValueError:
            continue  # it was cut off: nobody was told yet that it was written
        if "came" in told:
            left[told["came"]] = _message(told)
        else:
            left.pop(told["went"], None)
    return list(left.values())


def _message(told: dict[str, Any]) -> Message:
    message = Message(told["came"], told["body"])
    for name in _FIELDS:
        setattr(message, name, told[name])
    return message


def _with_bytes(told: dict[str, Any]) -> Any:
    return bytes.fromhex(told["bytes"]) if told.keys() == {"bytes"} else told


def keep(folder: Path) -> None:
    """From now on every new queue has a file in the folder, and begins with what it holds."""

    def new_queue(original: Callable[..., None], self: Queue, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        journal = Journal(folder / f"{self.name}.jsonl")
        for message in journal.found:
            line_of(self).add(message)
        line_of(self).journal = journal

    def delete_queue(original: Callable[..., None], self: SQSBackend, queue_name: str) -> None:
        queue = self.get_queue(queue_name)
        original(self, queue_name)
        (folder / f"{queue.name}.jsonl").unlink(missing_ok=True)

    around(Queue, "__init__", new_queue)
    around(SQSBackend, "delete_queue", delete_queue)
