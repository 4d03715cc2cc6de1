"""What comes in and goes out of customers: bodies and answers."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.customers.model import Status

# (?![\s\S]) is "the end" in every dialect of regular expressions; $ would let a line feed through in some. Blanks, too,
# differ (\s has U+0085 in Python, U+FEFF in JavaScript): these are what any dialect counts as one.
_BLANK = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NAME = rf"^[^\x00-\x1f\x7f]*[^{_BLANK}][^\x00-\x1f\x7f]*(?![\s\S])"

Name = Annotated[str, Meta(max_length=200, pattern=_NAME)]
# Deliverable or not is told only by a mail that arrives; this refuses what can be none. Cognito takes 128 signs.
Email = Annotated[
    str,
    Meta(max_length=128, pattern=rf"^[^{_BLANK}@]{{1,64}}@[^{_BLANK}@.]+(\.[^{_BLANK}@.]+)+(?![\s\S])"),
]
Phone = Annotated[str, Meta(pattern=r"^\+?[0-9][0-9 ().-]{3,30}(?![\s\S])")]

# As long as Cognito takes one, and without the signs that no keyboard has.
Password = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+(?![\s\S])")]


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


class SignUp(RegisterCustomer, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person or household that wants to order, and an account; what a password needs is the provider's rule."""

    password: Password


class SignedUp(Struct, frozen=True):
    """The same for everybody: whoever has the account of this email can sign in now."""

    email: str


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever knows the password of an account."""

    email: Email
    password: Password


class Refresh(Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever signed in before, and did not sign out."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^[\x21-\x7e]+(?![\s\S])")]


class Session(Struct, frozen=True):
    """What a person is signed in with (RFC 6749, 5.1): `expires_in` are the seconds that the access token is good."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


class ReviseCustomer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A merge patch (RFC 7396): what is left out stays, null takes an optional part away.

    The email stays: it is the name of the account.
    """

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
