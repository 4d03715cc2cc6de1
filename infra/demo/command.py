"""The command `emporium demo`: plays real baskets on a running shop and says what became of them."""

import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from infra.demo import BASKETS, CATALOGUE, STOCK
from infra.identity import PASSWORD, STAFF

if TYPE_CHECKING:
    import httpx

    from infra.demo.files import Product
    from infra.demo.orders import Orders
    from infra.demo.play import Play
    from infra.demo.summary import Outcome
    from infra.identity.accounts import Account

T = TypeVar("T")
_FILE = click.Path(path_type=Path)
_COUNT = click.IntRange(min=1)
_STEPS = 10  # lines of progress where there is no terminal


@click.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Of the shop.")
@click.option("--baskets", type=_FILE, default=BASKETS, help="CSV file of the baskets; each becomes an order.")
@click.option("--catalogue", type=_FILE, default=CATALOGUE, help="CSV file of the products in the baskets.")
@click.option("--limit", type=_COUNT, help="Play only so many baskets, the first ones.")
@click.option("--clients", type=click.IntRange(1, 256), default=8, show_default=True, help="That order at once.")
@click.option(
    "--stock",
    type=click.IntRange(0, 1_000_000),
    default=STOCK,
    show_default=True,
    help="Units of each product, where the catalogue has no column `stock`.",
)
@click.option("--token", envvar="EMPORIUM_STAFF_TOKEN", help="Of staff, to load the products; a local shop's else.")
@click.option(
    "--password", envvar="EMPORIUM_DEMO_PASSWORD", help="Of the households; a well-known one on this machine."
)
def demo(
    url: str,
    baskets: Path,
    catalogue: Path,
    limit: int | None,
    clients: int,
    stock: int,
    token: str | None,
    password: str | None,
) -> None:
    """Plays real baskets on a running shop.

    Every household signs up, every basket becomes an order, and the outcome of each is waited for. Orders that find
    too little in stock are rejected, as in any shop. Exits with 1 if some orders came to no outcome.
    """
    from infra.demo.households import AT_ONCE
    from infra.demo.play import Play
    from infra.shop import connect, is_local

    if not is_local(url) and not (token and password):
        raise click.UsageError(f"{url} is not on this machine: give --token and --password")
    with _faults_told():
        products, orders = _read(catalogue, baskets, limit)
        with connect(url, max(clients, AT_ONCE)) as shop:
            _goods(shop, token, [products[id] for id in orders.products], clients, stock)
            play = Play(shop, _people(shop, orders, password or PASSWORD), run=uuid.uuid4().hex[:12])
            sys.exit(_play(play, products, orders, clients))


@contextmanager
def _faults_told() -> Iterator[None]:
    from infra.demo.files import Unreadable
    from infra.shop import Refused, Unreachable

    try:
        yield
    except (Unreadable, Unreachable) as error:
        click.echo(f"emporium demo: {error}", err=True)
        sys.exit(2)
    except Refused as refused:
        click.echo(f"emporium demo: {refused}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("emporium demo: stopped before the first order", err=True)
        sys.exit(130)


def _read(catalogue: Path, baskets: Path, limit: int | None) -> "tuple[dict[str, Product], Orders]":
    from infra.demo.files import read_catalogue, read_lines
    from infra.demo.orders import make_orders

    products = read_catalogue(catalogue)
    orders = make_orders(read_lines(baskets), products, limit)
    for note in _notes(orders):
        click.echo(note)
    return products, orders


def _notes(orders: "Orders") -> Iterator[str]:
    """What was done to the baskets, where anything was."""
    from infra.demo.orders import LINES, QUANTITY

    if orders.unknown_lines:
        yield f"{orders.unknown_lines} lines left out: their products are not in the catalogue"
    if orders.empty_baskets:
        yield f"{orders.empty_baskets} baskets left out: nothing of them is in the catalogue"
    if orders.split_baskets:
        yield f"{orders.split_baskets} baskets split: an order has at most {LINES} lines"
    if orders.capped_lines:
        yield f"{orders.capped_lines} quantities brought within 1 to {QUANTITY}"


def _people(shop: "httpx.Client", orders: "Orders", password: str) -> "dict[str, Account]":
    from infra.demo.households import open_accounts

    households = orders.households
    return dict(_watched(open_accounts(shop, households, password), "customers", len(households)))


def _goods(shop: "httpx.Client", token: str | None, wanted: "list[Product]", clients: int, stock: int) -> None:
    from infra.demo.catalogue import load
    from infra.identity.accounts import Account, Bearer

    staff = Bearer(token) if token else Account(shop, STAFF, PASSWORD)
    new = sum(_watched(load(shop, staff, wanted, clients, stock), "products", len(wanted)))
    if new:
        click.echo(f"{new} products were new to the shop")


def _play(play: "Play", products: "dict[str, Product]", orders: "Orders", clients: int) -> int:
    """Plays and tells, also of a play that broke off; gives the exit status."""
    from infra.demo.shop import readable
    from infra.demo.summary import summarise, text
    from infra.shop import Unreachable

    outcomes: list[Outcome] = []
    began, status = time.monotonic(), 0
    try:
        for outcome in _watched(play.outcomes(orders.orders, clients), "orders", len(orders.orders)):
            outcomes.append(outcome)
    except KeyboardInterrupt:
        status = 130
    except Unreachable as error:
        click.echo(f"emporium demo: {error}", err=True)
        status = 2
    summary = summarise([*outcomes, *play.unfinished()], time.monotonic() - began)
    for line in text(summary, {id: readable(product.name) for id, product in products.items()}):
        click.echo(line)
    return status or (0 if summary.all_settled else 1)


def _watched(results: Iterable[T], what: str, total: int) -> Iterator[T]:
    """The same results; a progress bar tells of them on a terminal, and a line now and then elsewhere."""
    from rich.console import Console
    from rich.progress import track

    console = Console()
    if console.is_terminal:
        yield from track(results, what, total, console=console, transient=True)
        return
    for done, result in enumerate(results, 1):
        yield result
        if done * _STEPS // total > (done - 1) * _STEPS // total:
            click.echo(f"{what}: {done} of {total}")
