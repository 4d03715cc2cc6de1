"""How much DynamoDB takes: of one item, and of one transaction."""

from typing import Any

from tests.simulation.cloud.errors import invalid

Item = dict[str, Any]
ITEM = 400 * 1024  # bytes
TRANSACTION = 4 * 1024 * 1024
_SHORT = 60 * 1024  # signs, of which none is longer than four bytes: what has fewer needs no counting


def hold_item(operation: str, item: Item) -> None:
    """Raises as DynamoDB does for an item that is too large."""
    if len(repr(item)) > _SHORT and size(item) > ITEM:
        raise invalid(operation, "Item size has exceeded the maximum allowed size")


def hold_transaction(items: list[Item]) -> None:
    if sum(map(size, items)) > TRANSACTION:
        raise invalid("TransactWriteItems", "Transaction request size exceeds the limit of 4 MB")


def size(item: Item) -> int:
    """Bytes of names and values.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _of_value(value) for name, value in item.items())


def _of_value(value: Item) -> int:
    kind, held = next(iter(value.items()))
    if kind == "M":
        return 3 + size(held) + len(held)
    if kind == "L":
        return 3 + sum(1 + _of_value(each) for each in held)
    if kind == "N":
        return (len(held.strip("-")) + 1) // 2 + 1 + int(held.startswith("-"))
    return 1 if kind in ("BOOL", "NULL") else len(str(held).encode())
