"""What comes in and goes out of customers: bodies and answers."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.customers.model import Status

# (?![\s\S]) is "the end" in every dialect of regular expressions; $ would let a line feed through in some.
_NAME = r"^(?=.*\S)[^\x00-\x1f\x7f]+(?![\s\S])"

Name = Annotated[str, Meta(max_length=200, pattern=_NAME)]
# Deliverable or not is told only by a mail that arrives; this refuses what can be none (RFC 5321: 254 signs at most).
Email = Annotated[
    str,
    Meta(
        max_length=254, pattern=r"^[^\s@\x00-\x1f\x7f]{1,64}@[^\s@.\x00-\x1f\x7f]+(\.[^\s@.\x00-\x1f\x7f]+)+(?![\s\S])"
    ),
]
Phone = Annotated[str, Meta(pattern=r"^\+?[0-9][0-9 ().-]{3,30}(?![\s\S])")]


class Address(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where something can be sent; `country` by ISO 3166-1 alpha-2."""

    recipient: Name
    line1: Name
    city: Name
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}(?![\s\S])")]
    line2: Name | None = None
    region: Name | None = None
    postal_code: Annotated[str, Meta(max_length=20, pattern=_NAME)] | None = None


Addresses = Annotated[tuple[Address, ...], Meta(max_length=20)]


class RegisterCustomer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person or household that wants to order."""

    email: Email
    name: Name
    phone: Phone | None = None
    addresses: Addresses = ()


class ReviseCustomer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A merge patch (RFC 7396): what is left out stays, null takes an optional part away."""

    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    addresses: Addresses | UnsetType = UNSET


class Customer(Struct, frozen=True, omit_defaults=True):
    """A customer as it is shown."""

    id: str
    email: str
    name: str
    status: Status
    version: int
    created_at: datetime
    changed_at: datetime
    phone: str | None = None
    addresses: tuple[Address, ...] = ()
