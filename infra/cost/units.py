"""How AWS measures what it bills: sizes of items, write and read units, pieces of messages. Pure.

Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
Units: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]  # an item as the API has it: {"pk": {"S": "order#1"}}
WRITE = 1024  # bytes of one write request unit
READ = 4096  # bytes of one read request unit
PIECE = 64 * 1024  # bytes of a message that SNS and SQS bill as one request
OVERHEAD = 100  # bytes that storage counts for each item and each index entry beside their attributes
IN_A_TRANSACTION = 2  # times the units: once to prepare, once to commit


@dataclass(frozen=True)
class Index:
    """A global index that projects keys only: `keys` are its hash and its range."""

    keys: tuple[str, ...]

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of the item; None of one that has not all of its keys."""
        if item is None or not item.keys() >= set(self.keys):
            return None
        return {name: item[name] for name in ("pk", *self.keys)}


def size(item: Item | None) -> int:
    """Bytes of an item; none of one that is not there."""
    return sum(len(name.encode()) + _value(value) for name, value in (item or {}).items())


def written(
    before: Item | None, after: Item | None, indexes: Iterable[Index] = (), *, in_a_transaction: bool = False
) -> int:
    """Write units of a change: by the larger of both items, and one for each index entry put or taken away.

    A condition that fails is billed as a change that changes nothing.
    """
    own = _rounded(max(size(before), size(after)), WRITE)
    return own * (IN_A_TRANSACTION if in_a_transaction else 1) + sum(_moved(each, before, after) for each in indexes)


def read(found: Sequence[Item | None], *, strongly: bool) -> float:
    """Read units of items that were asked for by key: each is rounded up alone, one that is not there as well."""
    return sum(_rounded(size(item), READ) for item in found) * (1 if strongly else 0.5)


def queried(found: Iterable[Item], *, strongly: bool) -> float:
    """Read units of a page of a query, which is rounded up as a whole; an empty one is billed too."""
    return _rounded(sum(map(size, found)), READ) * (1 if strongly else 0.5)


def stored(item: Item, indexes: Iterable[Index]) -> int:
    """Bytes of storage that an item takes with its index entries."""
    entries = [entry for index in indexes if (entry := index.entry(item)) is not None]
    return sum(size(each) + OVERHEAD for each in (item, *entries))


def pieces(length: int) -> int:
    """Requests that SNS and SQS bill for so many bytes sent or received in one call.

    https://aws.amazon.com/sns/pricing/, https://aws.amazon.com/sqs/pricing/
    """
    return _rounded(length, PIECE)


def _rounded(length: int, unit: int) -> int:
    """Units of so many bytes, begun ones counted; nothing takes one too."""
    return max(1, -(-length // unit))


def _moved(index: Index, before: Item | None, after: Item | None) -> int:
    """An entry whose keys change is taken away and put anew."""
    had, has = index.entry(before), index.entry(after)
    if had == has:
        return 0
    return sum(_rounded(size(each), WRITE) for each in (had, has) if each is not None)


def _value(value: Mapping[str, Any]) -> int:
    match dict(value):
        case {"S": str(text)}:
            return len(text.encode())
        case {"N": str(number)}:  # a byte for two digits that count, and one more
            return (len(number.lstrip("-").strip("0")) + 1) // 2 + 1
        case {"BOOL": _} | {"NULL": _}:
            return 1
        case {"L": list(values)}:
            return 3 + sum(1 + _value(each) for each in values)
        case {"M": dict(values)}:
            return 3 + len(values) + size(values)
    raise TypeError(f"an attribute of a type that is not ours: {', '.join(value)}")
