"""Fills the shop with products and their stock."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx

from infra.demo import CATALOGUE, STOCK
from infra.demo.crowd import each
from infra.demo.files import Product, read_catalogue
from infra.demo.shop import add_product, stock_product
from infra.shop import connect

CLIENTS = 8


def load_catalogue(front_door: str, staff: httpx.Auth, catalogue: Path = CATALOGUE) -> int:
    """How many of the products were new; a catalogue that was loaded before changes nothing.

    Raises Unreadable, Unreachable, or Refused where the shop says no.
    """
    products = read_catalogue(catalogue).values()
    with connect(front_door, CLIENTS) as shop:
        return sum(load(shop, staff, products, CLIENTS))


def load(
    shop: httpx.Client, staff: httpx.Auth, products: Iterable[Product], clients: int, stock: int = STOCK
) -> Iterator[bool]:
    """For each product whether it was new; `stock` is what a product gets whose catalogue does not say."""

    def put(product: Product) -> bool:
        is_new = add_product(shop, product, staff)
        units = stock if product.stock is None else product.stock
        if units:
            stock_product(shop, product.id, units, staff)
        return is_new

    return each(put, products, clients)
