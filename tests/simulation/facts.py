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


def due(change: Change) -> list[str]:
    """The events that a change is to be heard by, as `<kind>/<id>/<version>/<Fact>`."""
    kind, _, id = change.key.partition("#")
    after, before = change.after or {}, change.before or {}
    if not after or after == before or "version" not in after:
        return []
    tell = _FACTS.get((change.table, kind))
    return [f"{kind}/{id}/{after['version']['N']}/{fact}" for fact in (tell(before, after) if tell else ())]


def _of_order(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """A cancelled order that hears that nothing is held tells nobody."""
    rests = after["status"]["S"] == "cancelled" and "ask_at" not in _asking(after)
    return [] if rests else [ORDER[after["status"]["S"]]]


def _asking(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name == "ask_at" and "S" in value}


def _of_reservation(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [RESERVATION[after["status"]["S"]]]


def _of_product(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if not before:
        return ["ProductAdded"]
    facts = [PRODUCT[after["status"]["S"]]] if before["status"] != after["status"] else []
    return facts + (["PriceChanged"] if before["price"] != after["price"] else [])


def _of_customer(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if not before:
        return ["CustomerRegistered"]
    facts = ["CustomerDeactivated"] if before["status"] != after["status"] else []
    return facts + (["CustomerErased"] if "erased_at" in after and "erased_at" not in before else [])


def _of_sign_out(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return ["SignedOut"]


_FACTS = {
    ("orders", "order"): _of_order,
    ("products", "reservation"): _of_reservation,
    ("products", "product"): _of_product,
    ("customers", "customer"): _of_customer,
    ("customers", "sign_out"): _of_sign_out,
}
