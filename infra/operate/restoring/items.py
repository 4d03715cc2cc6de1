"""What becomes of a restored item: a version beyond all that was told, and what must not be undone stays done.

    any                   told since at versions that it will have again, for other content: raised
    customer, deactivated since        is deactivated
    customer, erased since             is erased: what orders counted of it is closed
    sign_out, again since              has the later time
    product, added since               is there again, archived, with what its copy has

Pure: plain items in, and out. The raised version is the second at which the table was made, and the old version added:
more than any that was told, the same however often it is asked for, and another one after the next restore.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from chassis.clock import stamp

Plain = dict[str, Any]
_TOLD_AGAIN = ("tell_shard", "tell_at")  # where an item is found that is to be told again
KINDS: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer", "sign_out"),
    "orders": ("order",),
    "products": ("product", "stock", "reservation"),
}


def floor(made: datetime) -> int:
    """What every version is raised above, of a table that was made then."""
    return int(made.timestamp())


def raised(item: Plain, copies: Iterable[Plain], above: int, now: datetime) -> Plain:
    """The item as it is to be; itself where it was raised before, and nothing is known better."""
    known = item
    for copy in copies:
        known = _BETTER.get(_kind(item), _as_it_is)(known, copy, now)
    if item["version"] < above:
        return known | {"version": above + item["version"]}
    return known if known is item else known | {"version": item["version"] + 1}


def made_anew(copy: Plain, above: int, now: datetime) -> Plain | None:
    """What there is to be of an item that is known from a copy alone; None where a copy says too little."""
    match _kind(copy):
        case "sign_out":
            again = {name: copy[name] for name in ("pk", "id", "signed_out_at")}
            return again | {"version": above + copy["version"], "changed_at": stamp(now), "outbox": _told("SignedOut")}
        case "product":
            return _product(copy, above, now)
    return None


def _product(copy: Plain, above: int, now: datetime) -> Plain:
    from chalicelib.products import events, store
    from chalicelib.products.model import Money, Product

    known = {name: copy[name] for name in ("sku", "name")}
    version, price = above + copy["version"], Money(**copy["price"])
    product = Product(**known, version=version, price=price, status="archived", created_at=now, changed_at=now)
    return store.products.saving(product, (events.ProductArchived,)).item()


def _customer(item: Plain, copy: Plain, now: datetime) -> Plain:
    if _kind(copy) == "allowance":
        return _erased(item, now) if copy.get("closed") and "erased_at" not in item else item
    if item["status"] != "active" or copy["status"] == "active":  # at whichever version: it is for good
        return item
    return item | {"status": "deactivated", "changed_at": stamp(now), "outbox": _told("CustomerDeactivated")}


def _erased(item: Plain, now: datetime) -> Plain:
    """Made anew of what may stay, so that nothing of the person stays by mistake: told as both."""
    stays = {name: item[name] for name in ("pk", "id", "version", "created_at", *_TOLD_AGAIN) if name in item}
    gone = {"email": "", "name": "", "status": "deactivated", "changed_at": stamp(now), "erased_at": stamp(now)}
    return stays | gone | {"outbox": _told("CustomerDeactivated", "CustomerErased")}


def _sign_out(item: Plain, copy: Plain, now: datetime) -> Plain:
    if datetime.fromisoformat(copy["signed_out_at"]) <= datetime.fromisoformat(item["signed_out_at"]):
        return item
    later = {"signed_out_at": copy["signed_out_at"], "changed_at": stamp(now), "outbox": _told("SignedOut")}
    return item | later


def _as_it_is(item: Plain, copy: Plain, now: datetime) -> Plain:
    return item


_BETTER: dict[str, Callable[[Plain, Plain, datetime], Plain]] = {"customer": _customer, "sign_out": _sign_out}


def _told(*facts: str) -> list[dict[str, str]]:
    return [{"fact": fact, "trace": ""} for fact in facts]


def _kind(item: Plain) -> str:
    return str(item["pk"]).partition("#")[0]
