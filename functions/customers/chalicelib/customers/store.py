"""Where customers keeps what it knows: one table, with customers."""

from contextlib import suppress
from datetime import datetime

from chalicelib.customers.model import Customer, Facts
from chassis.aggregates import Aggregates
from chassis.table import NotWritten, Table

TABLE = Table("CUSTOMERS_TABLE")

customers = Aggregates(TABLE, "customer", Customer)


def register(customer: Customer, facts: Facts) -> None:
    """A new customer; one that is there already stays as it is."""
    with suppress(NotWritten):
        customers.save(customer, facts)


def signed_out(id: str) -> datetime | None:
    """When the customer last signed out everywhere, if ever."""
    found = customers.get(id)
    return found.signed_out_at if found else None
