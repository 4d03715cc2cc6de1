"""What customers tells the others: that there is one and whether it may order, and nothing about the person."""

from datetime import datetime
from typing import Literal

from msgspec import Struct


class _Customer(Struct, kw_only=True, omit_defaults=True):
    id: str
    status: Literal["active", "deactivated"]
    created_at: datetime
    changed_at: datetime
    signed_out_at: datetime | None = None


class CustomerRegistered(_Customer):
    """There is a new customer."""


class CustomerDeactivated(_Customer):
    """A customer can order no more."""


class CustomerRevised(_Customer):
    """What is known of the person was changed; by whom, the event's actor tells."""


class CustomerSignedOut(_Customer):
    """A customer signed out everywhere: tokens issued until `signed_out_at` are good no more."""


FACTS: tuple[type, ...] = (CustomerRegistered, CustomerDeactivated, CustomerRevised, CustomerSignedOut)
