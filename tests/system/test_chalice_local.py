"""A capability under Chalice's own server, against the running local cloud."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.apps_in_process import ROOT
from infra.local.ports import free_port
from tests.infra.runner.calling import eventually
from tests.system.conftest import Client


@pytest.fixture
def orders(shop: Client, tmp_path: Path) -> Iterator[str]:
    """Where `chalice local --stage local` serves orders; its settings name the port that this shop's cloud has."""
    folder = Path(shutil.copytree(ROOT / "functions" / "orders", tmp_path / "orders"))
    config = folder / ".chalice" / "config.json"
    config.write_text(config.read_text().replace("http://127.0.0.1:4566", shop.stack.address("cloud")))
    port = free_port()
    chalice = [str(Path(sys.executable).with_name("chalice")), "local", "--stage", "local", "--port", str(port)]
    with subprocess.Popen([*chalice, "--no-autoreload"], cwd=folder, stdout=subprocess.DEVNULL) as served:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            served.terminate()


def test_an_order_placed_under_chalice_local_is_confirmed_by_the_running_shop(shop: Client, orders: str) -> None:
    hal, rye = shop.customer("hal"), shop.product("rye", 5)
    shop.outcome(shop.order(hal, rye))  # orders has heard of both by now
    body = {"customer_id": hal, "lines": [{"sku": rye, "quantity": 2}]}
    placed = eventually(lambda: post(f"{orders}/orders", body))
    assert placed.status_code == 202
    assert shop.outcome(placed.json()["id"])["status"] == "confirmed"
    assert shop.stock(rye) == (5, 3, 2)


def post(url: str, body: object) -> httpx.Response | None:
    try:
        return httpx.post(url, json=body)
    except httpx.ConnectError:
        return None
