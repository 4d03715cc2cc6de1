"""Remembers in a file how far each shard of a stream has been handled."""

import json
import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Position:
    """A place in a shard: a ShardIteratorType of DynamoDB with its sequence number, or FINISHED."""

    kind: str
    sequence: str | None = None


FINISHED = Position("FINISHED")
TRIM_HORIZON = Position("TRIM_HORIZON")
LATEST = Position("LATEST")


def after(sequence: str) -> Position:
    return Position("AFTER_SEQUENCE_NUMBER", sequence)


class Checkpoints:
    """The positions of one mapping's shards. A crash leaves the old file or the new one."""

    def __init__(self, path: Path, stream_arn: str) -> None:
        self._path = path
        self._stream_arn = stream_arn
        self._lock = threading.Lock()
        self._positions = _load(path, stream_arn)

    def fresh(self) -> bool:
        """Whether nothing is known of this stream: the mapping is new, or the table is."""
        return not self._positions

    def positions(self) -> dict[str, Position]:
        with self._lock:
            return dict(self._positions)

    def move(self, shard: str, position: Position) -> None:
        with self._lock:
            if self._positions.get(shard) != position:
                self._positions[shard] = position
                self._save()

    def keep_only(self, shards: set[str]) -> None:
        """Forgets the shards that the stream has dropped."""
        with self._lock:
            self._positions = {shard: at for shard, at in self._positions.items() if shard in shards}

    def _save(self) -> None:
        shards = {shard: [at.kind, at.sequence] for shard, at in self._positions.items()}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps({"stream": self._stream_arn, "shards": shards}))
        os.replace(beside, self._path)


def _load(path: Path, stream_arn: str) -> dict[str, Position]:
    try:
        saved = json.loads(path.read_text())
        if saved["stream"] != stream_arn:  # the table was made anew: its sequence numbers mean nothing here
            return {}
        return {shard: Position(kind, sequence) for shard, (kind, sequence) in saved["shards"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("%s can not be read (%s): the stream is read as the mapping's start says", path, error)
        return {}
