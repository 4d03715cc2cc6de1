"""Which capability keeps copies of what another one tells, and of which kind of thing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Copies:
    """One capability's copies of what another one tells of a kind of thing."""

    of: str
    kind: str
    at: str


COPIES = (
    Copies("customers", "customer", "orders"),
    Copies("customers", "sign_out", "orders"),
    Copies("customers", "sign_out", "products"),
    Copies("products", "product", "orders"),
)
