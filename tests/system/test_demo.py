"""The demo on a running shop: real baskets over HTTP, as a person who tries the shop starts it."""

import signal
import subprocess
import sys
from pathlib import Path

from infra.demo import BASKETS, CATALOGUE
from infra.demo.catalogue import load_catalogue
from infra.demo.files import read_catalogue, read_lines
from infra.demo.orders import make_orders
from infra.identity import PASSWORD, STAFF
from infra.identity.accounts import Account
from tests.system.conftest import Client

DEMO = [sys.executable, "-m", "infra.cli", "demo", "--url"]


def test_each_basket_becomes_an_order_that_takes_its_units_from_the_stock(shop: Client) -> None:
    played = subprocess.run([*DEMO, str(shop.http.base_url), "--limit", "20"], capture_output=True, text=True)
    assert played.returncode == 0, played.stderr
    assert "confirmed          20" in played.stdout
    products = read_catalogue(CATALOGUE)
    wanted: dict[str, int] = {}
    for order in make_orders(read_lines(BASKETS), products, limit=20).orders:
        wanted = {**wanted, **{sku: wanted.get(sku, 0) + units for sku, units in order.lines.items()}}
    stock = {sku: shop.stock(sku) for sku in wanted}
    left = {sku: (products[sku].stock or 0) - units for sku, units in wanted.items()}
    assert {sku: available for sku, (_, _, available) in stock.items()} == left


def test_a_catalogue_that_is_loaded_again_changes_nothing(shop: Client, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.csv"
    header, *rows = CATALOGUE.read_text().splitlines()
    catalogue.write_text("\n".join([header, *(f"again-{row}" for row in rows[:5])]))
    skus, staff = read_catalogue(catalogue), Account(shop.http, STAFF, PASSWORD)
    assert load_catalogue(str(shop.http.base_url), staff, catalogue) == 5
    before = [shop.stock(sku) for sku in skus]
    assert load_catalogue(str(shop.http.base_url), staff, catalogue) == 0
    assert [shop.stock(sku) for sku in skus] == before
    assert [on_hand for on_hand, _, _ in before] == [product.stock for product in skus.values()]


def test_whoever_stops_the_demo_is_told_what_became_of_the_orders_so_far(shop: Client) -> None:
    command = [*DEMO, str(shop.http.base_url), "--limit", "200"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as demo:
        assert demo.stdout
        next(line for line in demo.stdout if line.startswith("orders: "))
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
    assert demo.returncode == 130
    assert "orders/s" in rest
    assert "  confirmed " in rest
