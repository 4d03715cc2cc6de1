"""Takes one shard of a stream through the handler: in order, and one invocation at a time."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from infra.local.clients import Clients
from infra.local.sources import discarded, filters, payload
from infra.local.sources.activity import Activity
from infra.local.sources.checkpoints import FINISHED, LATEST, Checkpoints, Position, after
from infra.local.sources.mapping import Invoke, StreamMapping
from infra.local.sources.pace import Pace
from infra.local.sources.patience import Patience
from infra.local.sources.shards import MOST_AT_ONCE, Reader
from infra.local.sources.stream_batches import Handling, handle
from infra.local.sources.stream_events import Record, sequence_number, size


class Follower:
    """What the thread of one shard works with."""

    def __init__(
        self,
        shard_id: str,
        mapping: StreamMapping,
        invoke: Invoke,
        clients: Clients,
        stop: threading.Event,
        checkpoints: Checkpoints,
        activity: Activity,
    ) -> None:
        self._shard_id = shard_id
        self._mapping = mapping
        self._clients = clients
        self._stop = stop
        self._checkpoints = checkpoints
        self._patterns = [filters.parse(pattern) for pattern in mapping.patterns]
        self._pace = Pace(stop, activity)
        self._patience = Patience(f"{mapping.handler}: {mapping.stream_arn}", stop)
        self._reader = Reader(clients.streams, mapping.stream_arn, shard_id, self._checkpoint())

        def counted(event: dict[str, object]) -> object:
            try:
                return invoke(event)
            finally:
                activity.touch()

        self._handling = Handling(mapping, counted, stop, self._done, self._give_up)

    def run(self) -> None:
        """Until the shard is finished, or a stop."""
        while not self._stop.is_set() and self._checkpoint() != FINISHED:
            try:
                self._turn()
                self._patience.worked()
            except Exception as error:  # the cloud may be starting anew; a poller that ends would hide it
                self._reader.go_back(self._checkpoint())  # what was read and not handled is read again
                self._patience.failed(error)

    def _turn(self) -> None:
        records, is_more = self._gather()
        if not handle(records, self._handling):
            return
        self._move(FINISHED if self._reader.ended else self._reader.position)
        if not is_more:
            self._pace.rest()

    def _gather(self) -> tuple[list[Record], bool]:
        """The next batch, and whether there is likely more; the window opens with the first record."""
        batch: list[Record] = []
        opened = time.monotonic()
        while True:
            most = min(self._mapping.batch_size - len(batch), MOST_AT_ONCE)
            found = self._read(most)
            opened = opened if batch else time.monotonic()
            batch += [record for record in found if filters.matches(self._patterns, record)]
            left = self._mapping.window_seconds - (time.monotonic() - opened)
            if not batch or left <= 0 or self._is_closed(batch):
                return batch, len(found) == most
            if len(found) < most:
                self._pace.rest(left)

    def _is_closed(self, batch: Sequence[Record]) -> bool:
        full = len(batch) >= self._mapping.batch_size or sum(map(size, batch)) >= payload.LIMIT_BYTES
        return full or self._reader.ended or self._stop.is_set()

    def _read(self, most: int) -> list[Record]:
        was = self._reader.position
        self._pace.polls()
        found = self._reader.read(most)
        self._pace.polled(bool(found))
        if found and was == LATEST:  # from here on the place has a name that outlives this process
            self._move(Position("AT_SEQUENCE_NUMBER", sequence_number(found[0])))
        return found

    def _checkpoint(self) -> Position:
        return self._checkpoints.positions()[self._shard_id]

    def _move(self, position: Position) -> None:
        self._checkpoints.move(self._shard_id, position)

    def _done(self, last: Record) -> None:
        self._move(after(sequence_number(last)))

    def _give_up(self, records: Sequence[Record], condition: str, invocations: int) -> bool:
        now = datetime.now(UTC)
        content = discarded.document(self._mapping, self._shard_id, records, condition, invocations, now)
        if not self._tell(content):
            return False
        self._done(records[-1])
        return True

    def _tell(self, content: dict[str, Any]) -> bool:
        """Whether the destination, if there is one, has been told; it is tried until a stop."""
        destination = self._mapping.on_failure_arn
        patience = Patience(f"{self._mapping.handler}: {destination}", self._stop)
        while destination and not self._stop.is_set():
            try:
                discarded.send(destination, content, self._clients)
                return True
            except Exception as error:
                patience.failed(error)
        return destination is None
