"""What customers tells the others: that there is one and whether it may order, and nothing about the person."""

from datetime import datetime
from typing import Literal

from msgspec import Struct


class _Customer(Struct, kw_only=True):
    id: str
    status: Literal["active", "deactivated"]
    created_at: datetime
    changed_at: datetime


class CustomerRegistered(_Customer):
    """There is a new customer."""


class CustomerDeactivated(_Customer):
    """A customer can order no more."""


FACTS: tuple[type, ...] = (CustomerRegistered, CustomerDeactivated)
