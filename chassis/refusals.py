"""What a request is refused with: a sentence of the business, of a kind, and where in the request the reason lies.

    Refusal
    ├── Malformed       it can not be read
    ├── Invalid         it can be read, and can not be accepted
    ├── NotFound        what it names is not there
    ├── Conflict        what it names is not in a state for it
    ├── Stale           it was made for an older version
    ├── Unconditional   it does not say which version it was made for
    ├── TooLarge        it is longer than we read
    ├── Unsupported     it is in a format that we do not read
    ├── Unauthenticated nobody knows who asks
    ├── Forbidden       it is not for whoever asks
    ├── TooMany         it was asked too often: not for some seconds
    └── Unavailable     not now: something that we need does not answer

A kind is no status: only chassis.http knows statuses.
"""

import re
from typing import Literal

from msgspec import Struct

Place = Literal["pointer", "parameter", "header"]


class Flaw(Struct, frozen=True):
    """One thing that is wrong: `at` is a JSON pointer (RFC 6901, as a URI fragment), or a name, as `place` says."""

    at: str
    detail: str
    place: Place = "pointer"


class Refusal(Exception):
    """A no with its reason; subclasses name the rule, and their name is the title that a client reads."""

    def __init__(self, detail: str, *flaws: Flaw) -> None:
        super().__init__(detail)
        self.detail = detail
        self.flaws = flaws

    @classmethod
    def title(cls) -> str:
        """The class's name as a sentence: QuantityNotPositive becomes "Quantity not positive"."""
        return re.sub(r"(?<=.)(?=[A-Z])", " ", cls.__name__).capitalize()


class Malformed(Refusal): ...


class Invalid(Refusal): ...


class NotFound(Refusal): ...


class Conflict(Refusal): ...


class Stale(Refusal): ...


class Unconditional(Refusal): ...


class TooLarge(Refusal): ...


class Unsupported(Refusal): ...


class Unauthenticated(Refusal):
    challenge = "Bearer"  # what a client is told it is to show (RFC 6750, 3)


class Forbidden(Refusal): ...


class TooMany(Refusal):
    def __init__(self, detail: str, retry_after: int) -> None:
        """`retry_after` is in seconds."""
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(Refusal): ...


class KeyUsedForAnotherRequest(Invalid):
    """The IETF draft on Idempotency-Key (section 2.7) asks for 422 when a key comes back with another request."""

    def __init__(self) -> None:
        detail = "This Idempotency-Key came with another request before."
        super().__init__(detail, Flaw("Idempotency-Key", detail, "header"))
