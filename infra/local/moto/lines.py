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

from moto.sqs.models import Message

# A handle of a message that is gone may be deleted again; after so many more it is unknown.
REMEMBERED_HANDLES = 10_000
NEVER = float("inf")


@dataclass(slots=True, eq=False)
class Slot:
    """A message's place in the line. Only the heap entry that bears the slot's stamp counts; older ones are passed by."""

    place: int
    message: Message
    ready: bool = False
    stamp: int = 0


class Line:
    """Messages in the order of their arrival: some ready to be handed out, the others hidden (in flight or delayed)."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._arrivals = itertools.count()
        self._ready: list[tuple[int, int, Slot]] = []
        self._hidden: list[tuple[float, int, int, Slot]] = []
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
            flying = sum(
                stamp == slot.stamp and slot.message.approximate_receive_count > 0 for _, _, stamp, slot in self._hidden
            )
            return self._ready_count, flying, len(self._slots) - self._ready_count - flying

    def groups_in_flight(self) -> set[str]:
        with self.changed:
            self._wake()
            return {
                slot.message.group_id
                for _, _, stamp, slot in self._hidden
                if stamp == slot.stamp and slot.message.group_id and slot.message.approximate_receive_count
            }

    def add(self, message: Message) -> None:
        with self.changed:
            slot = self._slots[message.id] = Slot(next(self._arrivals), message)
            self._file(slot)
            self.changed.notify()

    def take(self, count: int, admit: Callable[[Message], bool]) -> list[Message]:
        """The first messages that are admitted; to whom they go must then mark and `file` them, under `changed`."""
        with self.changed:
            self._wake()
            taken: list[Message] = []
            passed: list[tuple[int, int, Slot]] = []
            while self._ready and len(taken) < count:
                entry = heapq.heappop(self._ready)
                _, stamp, slot = entry
                if stamp != slot.stamp:
                    continue
                if admit(slot.message):
                    self._unready(slot)
                    taken.append(slot.message)
                elif slot.stamp == stamp:
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

    def _file(self, slot: Slot) -> None:
        self._unready(slot)
        until = max(slot.message.visible_at, slot.message.delayed_until)
        if until > milliseconds():
            heapq.heappush(self._hidden, (until, slot.place, slot.stamp, slot))
        else:
            self._make_ready(slot)

    def _make_ready(self, slot: Slot) -> None:
        slot.ready = True
        self._ready_count += 1
        heapq.heappush(self._ready, (slot.place, slot.stamp, slot))

    def _unready(self, slot: Slot) -> None:
        """From here on no heap entry of the slot counts."""
        slot.stamp += 1
        self._ready_count -= slot.ready
        slot.ready = False

    def _wake(self) -> None:
        present = milliseconds()
        while self._hidden and self._hidden[0][0] <= present:
            _, _, stamp, slot = heapq.heappop(self._hidden)
            if stamp == slot.stamp:
                self._unready(slot)
                self._make_ready(slot)


def milliseconds() -> float:
    return time.time() * 1000
