"""An aggregate of no business at all, over a real table: what the chassis' own tests save and list."""

from collections.abc import Callable
from itertools import count
from typing import Any

import boto3
from msgspec import Struct

from chalicelib.orders.store import BY_CUSTOMER as BY_SHELF
from chassis import aws
from chassis.aggregates import Aggregates
from chassis.table import Table
from chassis.writes import Write

__all__ = ["BY_SHELF", "TABLE", "Between", "Cup", "CupFilled", "CupMoved", "a_cup", "cups", "kept", "new", "write"]

TABLE = Table("ORDERS_TABLE")
numbers = count()


class Cup(Struct, frozen=True, kw_only=True):
    """An aggregate with a part of every shape; `shelf` and `place` say where its list has it."""

    id: str
    version: int = 1
    level: int = 0
    stains: tuple[str, ...] = ()
    shelf: str = ""
    place: str = ""


class CupFilled: ...


class CupMoved: ...


def _entries(cup: Cup) -> dict[str, str]:
    return {"customer_id": cup.shelf, "placed_key": cup.place} if cup.shelf else {}


cups = Aggregates(TABLE, "cup", Cup, _entries)


class Between:
    """A client that lets a test come between a caller and DynamoDB."""

    def __init__(self, **instead: Callable[..., Any]) -> None:
        self.real = boto3.client("dynamodb")
        self.instead = instead
        aws.use(lambda service: self)

    def __getattr__(self, name: str) -> Any:
        return self.instead.get(name) or getattr(self.real, name)


def new() -> str:
    """A name that no other test has."""
    return f"c{next(numbers):04d}"


def a_cup(**changes: Any) -> Cup:
    return Cup(**{"id": new(), "stains": ("tea", "milk")} | changes)


def kept(key: str) -> dict[str, Any]:
    found = TABLE.get(key)
    assert found is not None
    return found


def write(*writes: Write) -> Callable[[], None]:
    return lambda: TABLE.write(*writes)
