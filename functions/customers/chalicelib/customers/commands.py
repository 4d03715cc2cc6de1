"""What people ask customers for."""

from typing import Any

from msgspec import UNSET, structs

from chalicelib.customers import model, schemas, store
from chalicelib.customers.model import Address, Customer
from chassis import clock
from chassis.conditions import Match
from chassis.idempotency import is_replay


def register_customer(asked: schemas.RegisterCustomer, made_by: str | None) -> Customer:
    """A new customer; asked again with the same key, the customer that was registered, as it is by now."""
    now = clock.now()
    id = clock.derived_id(made_by.partition("/")[0]) if made_by else clock.new_id(now)
    customer, facts = model.register(id, _details(asked), now, made_by)
    found = store.register(customer, facts)
    if found and not is_replay(found.made_by, made_by):
        raise model.EmailIsTaken
    return found or customer


def get_customer(id: str) -> Customer:
    found = store.customers.get(id)
    if found is None:
        raise model.NoSuchCustomer(id)
    return found


def revise_customer(id: str, asked: schemas.ReviseCustomer, match: Match) -> Customer:
    """Changes what the patch names, in the version that it was made for."""
    changes = _details(asked)

    def decide(found: Customer | None) -> tuple[Customer, model.Facts] | None:
        return model.revise(_matching(id, found, match), changes, clock.now())

    return store.change(id, decide) or get_customer(id)


def deactivate_customer(id: str, match: Match) -> Customer:
    """The customer can order no more; what was ordered goes on."""

    def decide(found: Customer | None) -> tuple[Customer, model.Facts] | None:
        return model.deactivate(_matching(id, found, match), clock.now())

    return store.customers.change(id, decide) or get_customer(id)


def _details(asked: schemas.RegisterCustomer | schemas.ReviseCustomer) -> dict[str, Any]:
    """What was asked, less what a patch leaves out, in the model's own types: no other equals what is kept."""
    details = {name: value for name, value in structs.asdict(asked).items() if value is not UNSET}
    if "addresses" in details:
        details["addresses"] = tuple(Address(**structs.asdict(each)) for each in details["addresses"])
    return details


def _matching(id: str, found: Customer | None, match: Match) -> Customer:
    if found is None:
        raise model.NoSuchCustomer(id)
    match.check(found.version)
    return found
