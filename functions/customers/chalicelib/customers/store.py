"""Where customers keeps what it knows: one table, with customers, and when who signed out."""

from contextlib import suppress
from datetime import datetime

from chalicelib.customers import events
from chalicelib.customers.model import Customer, Facts, SignOut
from chassis.aggregates import Aggregates
from chassis.table import NotWritten, Table

TABLE = Table("CUSTOMERS_TABLE")

customers = Aggregates(TABLE, "customer", Customer, measures=events.measures)
sign_outs = Aggregates(TABLE, "sign_out", SignOut)


def register(customer: Customer, facts: Facts) -> None:
    """A new customer; one that is there already stays as it is."""
    with suppress(NotWritten):
        customers.save(customer, facts)


def is_erased(id: str) -> bool:
    found = customers.get(id)
    return found is not None and found.erased_at is not None


def signed_out(id: str) -> datetime | None:
    """When somebody last signed out everywhere, if ever."""
    found = sign_outs.get(id)
    return found.signed_out_at if found else None
