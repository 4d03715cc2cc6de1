"""What people ask products for."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, structs

from chalicelib.products import model, schemas, store
from chalicelib.products.model import Adjustment, Product, Stock
from chassis import clock, cursor
from chassis.conditions import Match
from chassis.idempotency import is_replay
from chassis.refusals import Unavailable
from chassis.table import NotWritten

TRIES = 8  # of an adjustment that another one overtakes
PAUSE = 0.02  # seconds at most after the first of them; doubled each time


def add_product(asked: schemas.AddProduct, made_by: str | None) -> Product:
    """A new product with no stock yet; asked again with the same key, the product that was added, as it is by now."""
    now = clock.now()
    product = Product(**structs.asdict(asked), version=1, created_at=now, changed_at=now, made_by=made_by)
    found = store.add_product(product)
    if found and not is_replay(found.made_by, made_by):
        raise model.SkuIsTaken(asked.sku)
    return found or product


def get_product(sku: str) -> Product:
    """A product of the shop: a draft is for nobody but staff."""
    return model.shown(sku, store.products.get(sku))


def get_from_catalogue(sku: str) -> Product:
    """Any product, as staff sees it."""
    found = store.products.get(sku)
    if found is None:
        raise model.NoSuchProduct(sku)
    return found


def list_products(asked: schemas.ListProducts, status: model.Status) -> cursor.Listed[Product]:
    """Products of a status, of one category if wanted, in the order of their skus."""
    index, value = store.listing(status, asked.category)
    after = cursor.unseal(asked.cursor, "products", index.name, value)
    page = store.products.list(index, value, asked.limit, after)
    return cursor.listed(page, "products", index.name, value)


def revise_product(sku: str, asked: schemas.ReviseProduct, match: Match) -> Product:
    """Changes what the patch names, in the version that it was made for."""
    return _change(sku, {name: value for name, value in structs.asdict(asked).items() if value is not UNSET}, match)


def archive_product(sku: str, match: Match) -> Product:
    """Takes a product out of the shop; orders that were placed keep it."""
    return _change(sku, {"status": "archived"}, match)


def get_stock(sku: str) -> Stock:
    """The stock of a product of the shop."""
    product, stock = store.look_at_stock(sku)
    model.shown(sku, product)
    assert stock is not None  # nosec B101  # for mypy: it was made with the product, in one write
    return stock


def adjust_stock(sku: str, asked: schemas.AdjustStock, made_by: str | None) -> Adjustment:
    """Moves what is on hand; asked again with the same key, the adjustment that was made."""
    now = clock.now()
    id = clock.derived_id(sku, made_by.partition("/")[0]) if made_by else clock.new_id(now)
    for attempt in range(TRIES):
        made, stock = store.look_up(id, sku)
        if made and is_replay(made.made_by, made_by):
            return made
        if stock is None:
            raise model.NoSuchProduct(sku)
        adjustment = model.adjust(stock, id, asked.delta, asked.reason, now, made_by)
        try:
            store.adjust_stock(adjustment, stock)
            return adjustment
        except NotWritten:
            clock.pause(PAUSE * 2**attempt)
    raise Unavailable("Too many others adjust the same stock just now.")


def _change(sku: str, changes: Mapping[str, Any], match: Match) -> Product:
    def decide(found: Product | None) -> tuple[Product, model.Facts] | None:
        if found is None:
            raise model.NoSuchProduct(sku)
        match.check(found.version)
        return model.revise(found, changes, clock.now())

    changed = store.products.change(sku, decide)
    assert changed is not None  # nosec B101  # for mypy: decide refuses what is not there
    return changed
