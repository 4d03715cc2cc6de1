"""The messages of one queue, so arranged that no call costs more because the queue is long.

moto walks the whole queue, and asks the clock for each message, several times in every send, receive and delete;
and it gives two receivers at once the same message.
"""

import heapq
import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from moto.sqs.models import Message

# A handle of a message that is gone may be deleted again; after so many more it is unknown.
REMEMBERED_HANDLES = 10_000
# So many heap entries of messages that are gone are borne before they are cleared away.
SLACK = 1000
NEVER = float("inf")


@dataclass(slots=True, eq=False)
class Slot:
    """A message's place in the line. Only the heap entry with the slot's stamp counts; older ones are passed by."""

    place: int
    message: Message
    ready: bool = False
    stamp: int = 0


class Journal(Protocol):
    """Is told of each message that came, and of each that went."""

    def came(self, message: Message) -> None: ...
    def went(self, message: Message) -> None: ...


class Line:
    """Messages in the order of their arrival: some ready to be handed out, the others hidden (in flight or delayed)."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.journal: Journal | None = None
        self._arrivals = itertools.count()
        self._stamps = itertools.count(1)
        self._ready: list[tuple[int, int, str]] = []  # place, stamp, message id
        self._hidden: list[tuple[float, int, int, str]] = []  # time of return, place, stamp, message id
        self._slots: dict[str, Slot] = {}
        self._ready_count = 0
        self._holders: dict[str, Slot] = {}
        self._gone: OrderedDict[str, None] = OrderedDict()

    def messages(self) -> list[Message]:
        with self.changed:
            return [slot.message for slot in self._slots.values()]

    def ready_messages(self) -> list[Message]:
        with self.changed:
            self._wake()
            return [slot.message for slot in self._slots.values() if slot.ready]

    def counts(self) -> tuple[int, int, int]:
        """How many are ready, in flight, delayed."""
        with self.changed:
            self._wake()
            flying = len(self._in_flight())
            return self._ready_count, flying, len(self._slots) - self._ready_count - flying

    def groups_in_flight(self) -> set[str]:
        with self.changed:
            self._wake()
            return {message.group_id for message in self._in_flight() if message.group_id}

    def _in_flight(self) -> list[Message]:
        current = (self._current(stamp, name) for _, _, stamp, name in self._hidden)
        return [slot.message for slot in current if slot and slot.message.approximate_receive_count]

    def add(self, message: Message) -> None:
        with self.changed:
            if self.journal:
                self.journal.came(message)
            slot = self._slots[message.id] = Slot(next(self._arrivals), message)
            self._file(slot)
            self.changed.notify()

    def take(self, count: int, admit: Callable[[Message], bool]) -> list[Message]:
        """The first messages that are admitted; to whom they go must then mark and `file` them, under `changed`."""
        with self.changed:
            self._wake()
            taken: list[Message] = []
            passed: list[tuple[int, int, str]] = []
            while self._ready and len(taken) < count:
                entry = heapq.heappop(self._ready)
                slot = self._current(*entry[1:])
                if slot and admit(slot.message):
                    self._unready(slot)
                    taken.append(slot.message)
                elif self._current(*entry[1:]):  # not admitted, but still here
                    passed.append(entry)
            for entry in passed:
                heapq.heappush(self._ready, entry)
            return taken

    def file(self, message: Message) -> None:
        """Puts the message where its own times say it belongs, and knows it by its newest handle."""
        with self.changed:
            slot = self._slots[message.id]
            self._holders[message.receipt_handle or ""] = slot
            self._file(slot)
            self.changed.notify()

    def holder(self, handle: str) -> Message | None:
        """The message that this handle was given for."""
        with self.changed:
            slot = self._holders.get(handle)
            return slot.message if slot else None

    def was_deleted(self, handle: str) -> bool:
        with self.changed:
            return handle in self._gone

    def remove(self, message: Message) -> None:
        with self.changed:
            slot = self._slots.pop(message.id)
            if self.journal:
                self.journal.went(message)
            self._unready(slot)
            for handle in filter(None, message.all_receipt_handles):
                self._holders.pop(handle, None)
                self._gone[handle] = None
            while len(self._gone) > REMEMBERED_HANDLES:
                self._gone.popitem(last=False)

    def wait(self, seconds: float) -> None:
        """Until there is something to take, or the time is over, or anything has changed."""
        with self.changed:
            self._wake()
            if not self._ready_count:
                next_hidden = self._hidden[0][0] / 1000 - time.time() if self._hidden else NEVER
                self.changed.wait(max(0.001, min(seconds, next_hidden)))

    def _current(self, stamp: int, name: str) -> Slot | None:
        """The slot that a heap entry is about, if the entry still counts."""
        slot = self._slots.get(name)
        return slot if slot and slot.stamp == stamp else None

    def _file(self, slot: Slot) -> None:
        self._unready(slot)
        until = max(slot.message.visible_at, slot.message.delayed_until)
        if until > milliseconds():
            heapq.heappush(self._hidden, (until, slot.place, slot.stamp, slot.message.id))
            self._forget_what_is_over()
        else:
            self._make_ready(slot)

    def _forget_what_is_over(self) -> None:
        """Most messages are deleted long before their entry would come up: those entries must not pile up."""
        if len(self._hidden) > SLACK + 2 * len(self._slots):
            self._hidden = [entry for entry in self._hidden if self._current(*entry[2:])]
            heapq.heapify(self._hidden)

    def _make_ready(self, slot: Slot) -> None:
        slot.ready = True
        self._ready_count += 1
        heapq.heappush(self._ready, (slot.place, slot.stamp, slot.message.id))

    def _unready(self, slot: Slot) -> None:
        """From here on no heap entry of the slot counts."""
        slot.stamp = next(self._stamps)
        self._ready_count -= slot.ready
        slot.ready = False

    def _wake(self) -> None:
        present = milliseconds()
        while self._hidden and self._hidden[0][0] <= present:
            _, _, stamp, name = heapq.heappop(self._hidden)
            if slot := self._current(stamp, name):
                self._unready(slot)
                self._make_ready(slot)


def milliseconds() -> float:
    return time.time() * 1000
