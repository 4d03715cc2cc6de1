"""A table's stream: what was changed, in order for each item, kept for a day."""

import zlib
from dataclasses import dataclass, field
from typing import Any

KEPT = 24 * 3600.0  # seconds that a record can be read
SHARDS = 2  # of a stream; an item is always in the same one, and between two there is no order


@dataclass(frozen=True)
class Record:
    """One change, as Lambda hands it to a function by `event`."""

    number: int
    at: float
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def sequence(self) -> str:
        return f"{self.number:021d}"

    def event(self) -> dict[str, Any]:
        images = {"OldImage": self.before, "NewImage": self.after}
        verb = ("MODIFY" if self.before else "INSERT") if self.after else "REMOVE"
        return {
            "eventID": self.sequence,
            "eventName": verb,
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "SequenceNumber": self.sequence,
                "Keys": {"pk": {"S": self.key}},
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            }
            | {name: image for name, image in images.items() if image},
        }


@dataclass
class Stream:
    """The records that can still be read, a list for each shard."""

    shards: list[list[Record]] = field(default_factory=lambda: [[] for _ in range(SHARDS)])
    count: int = 0

    def append(self, key: str, before: dict[str, Any] | None, after: dict[str, Any] | None, now: float) -> None:
        self.count += 1
        self.shards[zlib.crc32(key.encode()) % SHARDS].append(Record(self.count, now, key, before, after))

    def after(self, shard: int, number: int, at_most: int, now: float) -> list[Record]:
        """The next records of a shard beyond a number; those that are too old are gone."""
        found: list[Record] = []
        for record in self.shards[shard]:
            if record.number > number and record.at > now - KEPT:
                found.append(record)
                if len(found) == at_most:
                    break
        return found
