"""Which facts a change of state has to tell: the model, made from the states alone and not from what the code tells."""

from typing import Any

from tests.simulation.cloud.dynamodb import Change

PRODUCT = {"draft": "ProductUnpublished", "active": "ProductPublished", "archived": "ProductArchived"}
RESERVATION = {"reserved": "StockReserved", "refused": "StockRefused", "released": "StockReleased"}
ORDER = {
    "placed": "OrderPlaced",
    "confirmed": "OrderConfirmed",
    "rejected": "OrderRejected",
    "cancelled": "OrderCancelled",
}
TELLERS = {"order": "orders", "product": "products", "reservation": "products"}  # of events; all else is customers'
HOUSEKEEPING = {"version", "changed_at", "outbox", "tell_at", "tell_shard"}


def due(change: Change) -> list[str]:
    """The events that a change is to be heard by, as `<kind>/<id>/<version>/<Fact>`."""
    kind, _, id = change.key.partition("#")
    after, before = change.after or {}, change.before or {}
    if not after or after == before or "version" not in after or is_touched(change):
        return []
    tell = _FACTS.get((change.table, kind))
    return [f"{kind}/{id}/{after['version']['N']}/{fact}" for fact in (tell(before, after) if tell else ())]


def teller(event: str) -> str:
    """The capability that tells it."""
    return TELLERS.get(event.partition("/")[0], "customers")


def is_touched(change: Change) -> bool:
    """Whether it is as it was, but for when it is told again: what its last save told is told once more."""
    before, after = change.before or {}, change.after or {}
    return before.get("tell_at") != after.get("tell_at") and _but_for_that(before) == _but_for_that(after)


def _but_for_that(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "tell_at"}


def _of_order(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """A cancelled order that hears that nothing is held tells nobody."""
    rests = after["status"]["S"] == "cancelled" and "ask_at" not in _asking(after)
    return [] if rests else [ORDER[after["status"]["S"]]]


def _asking(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name == "ask_at" and "S" in value}


def _of_reservation(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [RESERVATION[after["status"]["S"]]]


def _of_product(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if not before:  # one that a restore lost, and that is known from its copy, begins with another version
        return ["ProductAdded"] if after["version"]["N"] == "1" else [PRODUCT[after["status"]["S"]]]
    facts = [PRODUCT[after["status"]["S"]]] if before["status"] != after["status"] else []
    facts += ["PriceChanged"] if before["price"] != after["price"] else []
    return facts or _revised("ProductRevised", before, after)  # what people do here changes one thing at a time


def _of_customer(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if not before:
        return ["CustomerRegistered"]
    facts = ["CustomerDeactivated"] if before["status"] != after["status"] else []
    facts += ["CustomerErased"] if "erased_at" in after and "erased_at" not in before else []
    return facts or _revised("CustomerRevised", before, after)


def _revised(fact: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Nothing where a restored item is raised to another version alone: it tells what it told last."""
    held = [{name: value for name, value in item.items() if name not in HOUSEKEEPING} for item in (before, after)]
    return [fact] if held[0] != held[1] else []


def _of_sign_out(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return ["SignedOut"]


_FACTS = {
    ("orders", "order"): _of_order,
    ("products", "reservation"): _of_reservation,
    ("products", "product"): _of_product,
    ("customers", "customer"): _of_customer,
    ("customers", "sign_out"): _of_sign_out,
}
