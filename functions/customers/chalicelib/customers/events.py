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


class CustomerErased(_Customer):
    """What was known of the person is gone for good: whoever keeps something by the customer's id forgets it too."""


class CustomerRevised(_Customer):
    """What is known of the person was changed; by whom, the event's actor tells."""


class SignedOut(Struct, kw_only=True):
    """The bearer of tokens `id`, customer or staff, is out everywhere: those issued until then are good no more."""

    id: str
    signed_out_at: datetime


FACTS: tuple[type, ...] = (CustomerRegistered, CustomerDeactivated, CustomerErased, CustomerRevised, SignedOut)


def measures(customer: object, fact: type) -> dict[str, float]:
    """What it counts as that a customer tells a fact."""
    return {"CustomersRegistered": 1} if fact is CustomerRegistered else {}
