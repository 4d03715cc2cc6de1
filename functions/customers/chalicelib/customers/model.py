"""What a customer is, and what may become of one.

    customer   active ──> deactivated ──> erased
                  └─────────────────────────^
    sign-out   again and again, each later than the one before

An erased customer is still told of as deactivated; nothing is known of the person, and it never comes back.

A customer's id is the subject of the person's tokens; the password is the identity provider's, and never seen here.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, structs

from chalicelib.customers import events
from chassis.refusals import Conflict, NotFound, Unauthenticated

Status = Literal["active", "deactivated"]
Facts = Sequence[type]


class NoSuchCustomer(NotFound):
    def __init__(self, id: str) -> None:
        super().__init__(f"There is no customer {id}.")


class SignInRefused(Unauthenticated):
    """One sentence for a wrong password, for an email that has no account, and for an account that is closed."""

    def __init__(self) -> None:
        super().__init__("This email and password, or this refresh token, sign nobody in.")


class AccountsAreElsewhere(NotFound):
    def __init__(self, issuer: str) -> None:
        super().__init__(f"Accounts are kept by {issuer}: sign up and sign in there.")


class CustomerWasErased(Conflict):
    def __init__(self) -> None:
        super().__init__("This customer was erased, and does not come back; another account makes another customer.")


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
    erased_at: datetime | None = None


class SignOut(Struct, frozen=True, kw_only=True):
    """When somebody, customer or staff, last signed out everywhere."""

    id: str
    version: int
    signed_out_at: datetime
    changed_at: datetime


Decision = tuple[Customer, Facts]


def canonical(email: str) -> str:
    """The spelling by which an email is compared: no case, one form for each sign (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())


def register(id: str, details: Mapping[str, Any], now: datetime) -> Decision:
    """A new customer, who can order as soon as the others have heard of it."""
    customer = Customer(**details, id=id, version=1, status="active", created_at=now, changed_at=now)
    return customer, (events.CustomerRegistered,)


def revise(customer: Customer, changes: Mapping[str, Any], now: datetime) -> Decision | None:
    """The customer with the changes made; None where it is so already."""
    if customer.status == "deactivated":
        raise CustomerIsDeactivated
    revised = structs.replace(customer, **changes)
    if revised == customer:
        return None
    return structs.replace(revised, version=customer.version + 1, changed_at=now), (events.CustomerRevised,)


def deactivate(customer: Customer, now: datetime) -> Decision | None:
    """The customer can order no more; None where it is so already."""
    if customer.status == "deactivated":
        return None
    deactivated = structs.replace(customer, version=customer.version + 1, status="deactivated", changed_at=now)
    return deactivated, (events.CustomerDeactivated,)


def erase(customer: Customer, now: datetime) -> Decision | None:
    """Nothing is known of the person any more, and the customer can order no more; None where it is so already.

    Made anew of what may stay, so that nothing stays by mistake.
    """
    if customer.erased_at:
        return None
    erased = Customer(
        id=customer.id,
        version=customer.version + 1,
        email="",
        name="",
        status="deactivated",
        created_at=customer.created_at,
        changed_at=now,
        erased_at=now,
    )
    was_active = customer.status == "active"
    return erased, (*((events.CustomerDeactivated,) if was_active else ()), events.CustomerErased)


def sign_out(before: SignOut | None, id: str, now: datetime) -> tuple[SignOut, Facts]:
    """From now on no token that was issued before is good: all who take them are to know."""
    version = before.version + 1 if before else 1
    since = max(now, before.signed_out_at) if before else now  # of two at once, the earlier one may come last
    return SignOut(id=id, version=version, signed_out_at=since, changed_at=now), (events.SignedOut,)
