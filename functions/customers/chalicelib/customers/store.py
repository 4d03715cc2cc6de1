"""Where customers keeps what it knows: one table, with customers and the emails that belong to them."""

from collections.abc import Callable, Iterator

from chalicelib.customers.model import Customer, EmailIsTaken, Facts, canonical
from chassis.aggregates import Aggregates
from chassis.clock import derived_id
from chassis.table import NotWritten, Table
from chassis.writes import Claim, Release

TABLE = Table("CUSTOMERS_TABLE")

customers = Aggregates(TABLE, "customer", Customer)


def register(customer: Customer, facts: Facts) -> Customer | None:
    """A new customer and the claim to the email, or the customer who has this id already; raises EmailIsTaken."""
    try:
        customers.save(customer, facts, also=_claims(None, customer))
    except NotWritten as lost:
        if found := lost.failed.get(0):
            return customers.read(found)
        raise EmailIsTaken from lost
    return None


def change(id: str, decide: Callable[[Customer | None], tuple[Customer, Facts] | None]) -> Customer | None:
    """Changes a customer, and with it the claim where the email changes; raises EmailIsTaken."""
    try:
        return customers.change(id, decide, also=_claims)
    except NotWritten as lost:
        raise EmailIsTaken from lost


def _claims(before: Customer | None, after: Customer) -> Iterator[Claim | Release]:
    had, has = before and claim(before.email), claim(after.email)
    if had != has:
        yield Claim(has, after.id)
    if had and had != has:
        yield Release(had, after.id)


def claim(email: str) -> str:
    """The key under which an email belongs to one customer."""
    # by its hash: the canonical form of 254 signs can be longer than the 2,048 bytes that a key may have
    return f"email#{derived_id(canonical(email))}"
