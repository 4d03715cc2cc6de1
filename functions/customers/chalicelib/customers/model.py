"""What a customer is, and what may become of one.

    customer   active ──> deactivated

An email belongs to one customer, however it is spelled.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, structs

from chalicelib.customers import events
from chassis.refusals import Conflict, Flaw, NotFound

Status = Literal["active", "deactivated"]
Facts = Sequence[type]


class NoSuchCustomer(NotFound):
    def __init__(self, id: str) -> None:
        super().__init__(f"There is no customer {id}.")


class EmailIsTaken(Conflict):
    def __init__(self) -> None:
        super().__init__("Another customer has this email.", Flaw("#/email", "is taken"))


class CustomerIsDeactivated(Conflict):
    def __init__(self) -> None:
        super().__init__("A customer that was deactivated can not be changed.")


class Address(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something can be sent; `country` by ISO 3166-1 alpha-2."""

    recipient: str
    line1: str
    city: str
    country: str
    line2: str | None = None
    region: str | None = None
    postal_code: str | None = None


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person or household that can order."""

    id: str
    version: int
    email: str
    name: str
    status: Status
    created_at: datetime
    changed_at: datetime
    phone: str | None = None
    addresses: tuple[Address, ...] = ()
    made_by: str | None = None


def canonical(email: str) -> str:
    """The spelling by which an email is compared: no case, one form for each sign (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())


def register(id: str, details: Mapping[str, Any], now: datetime, made_by: str | None) -> tuple[Customer, Facts]:
    """A new customer, who can order as soon as the others have heard of it."""
    customer = Customer(**details, id=id, version=1, status="active", created_at=now, changed_at=now, made_by=made_by)
    return customer, (events.CustomerRegistered,)


def revise(customer: Customer, changes: Mapping[str, Any], now: datetime) -> tuple[Customer, Facts] | None:
    """The customer with the changes made; None where it is so already. Nobody else needs to know: no fact."""
    if customer.status == "deactivated":
        raise CustomerIsDeactivated
    revised = structs.replace(customer, **changes)
    if revised == customer:
        return None
    return structs.replace(revised, version=customer.version + 1, changed_at=now), ()


def deactivate(customer: Customer, now: datetime) -> tuple[Customer, Facts] | None:
    """The customer can order no more; None where it is so already."""
    if customer.status == "deactivated":
        return None
    deactivated = structs.replace(customer, version=customer.version + 1, status="deactivated", changed_at=now)
    return deactivated, (events.CustomerDeactivated,)
