"""Makes the sample of data/ anew: the most sold products, with stock, and baskets that mostly hold them.

    python -m infra.demo.sample CATALOGUE BASKETS

Takes files of the shape that data/README.md describes, and gives the same sample for the same files.
"""

import csv
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from infra.demo import BASKETS, CATALOGUE
from infra.demo.files import LINE_COLUMNS, PRODUCT_COLUMNS, Line, Product, read_catalogue, read_lines

PRODUCTS = 200
SAMPLED = 300  # baskets
SHARE = 1 / 3  # of a basket's lines that are kept, at least: less would leave too little of the real basket
SCARCE = 4  # products, the most wanted ones, that run out
PLENTY, TOO_LITTLE = 3.0, 0.85  # stock, as a part of what the sampled baskets want
UNDELIVERABLE = {"FUEL"}  # departments


def main(catalogue: Path, baskets: Path) -> None:
    products, lines = read_catalogue(catalogue), read_lines(baskets)
    sold = most_sold(products, lines)
    sampled = choose(lines, sold)
    stock = enough_for(sampled, sold)
    _write(CATALOGUE, (*PRODUCT_COLUMNS, "stock"), (_fields(products[id], stock[id]) for id in sold))
    _write(BASKETS, LINE_COLUMNS, ((at.basket, at.household, at.at, at.product, at.quantity) for at in sampled))


def most_sold(products: Mapping[str, Product], lines: Iterable[Line]) -> list[str]:
    """The products that are on the most lines, the most sold first."""
    deliverable = {id for id, product in products.items() if product.department not in UNDELIVERABLE}
    sold = Counter(line.product for line in lines if line.product in deliverable)
    return sorted(sold, key=lambda id: (-sold[id], id))[:PRODUCTS]


def choose(lines: Sequence[Line], products: Collection[str]) -> list[Line]:
    """The first baskets of which enough is left when all other products are taken out."""
    whole = Counter(line.basket for line in lines)
    left = Counter(line.basket for line in lines if line.product in products)
    enough = [basket for basket in whole if left[basket] / whole[basket] >= SHARE]
    chosen = set(enough[:SAMPLED])
    return [line for line in lines if line.basket in chosen and line.product in products]


def enough_for(lines: Iterable[Line], products: Iterable[str]) -> dict[str, int]:
    """A stock of each product with which most baskets can be had, and some can not."""
    wanted = Counter[str]()
    for line in lines:
        wanted[line.product] += line.quantity
    scarce = {product for product, _ in wanted.most_common(SCARCE)}
    return {id: round(wanted[id] * (TOO_LITTLE if id in scarce else PLENTY)) or 10 for id in products}


def _fields(product: Product, stock: int) -> tuple[object, ...]:
    about = (product.department, product.category, product.brand, product.package_size)
    return (product.id, product.name, *about, product.price_cents, stock)


def _write(path: Path, header: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m infra.demo.sample CATALOGUE BASKETS")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
