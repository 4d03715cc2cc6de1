"""A capability under Chalice's own server, against the running local cloud."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.apps_in_process import ROOT
from infra.local.ports import free_port
from tests.infra.runner.calling import eventually
from tests.system.conftest import Client


@pytest.fixture(scope="module")
def orders(shop: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `chalice local --stage local` serves orders; its settings name the port that this shop's cloud has."""
    folder = Path(shutil.copytree(ROOT / "functions" / "orders", tmp_path_factory.mktemp("served") / "orders"))
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
    body = {"lines": [{"sku": rye, "quantity": 2}]}
    placed = eventually(lambda: ask("POST", f"{orders}/orders", json=body, auth=hal))
    assert placed.status_code == 202
    assert shop.outcome(placed.json()["id"])["status"] == "confirmed"
    assert shop.stock(rye) == (5, 3, 2)


def test_a_bad_token_is_refused_under_chalice_local_in_the_words_of_the_running_shop(shop: Client, orders: str) -> None:
    forged = {"Authorization": f"Bearer {'a' * 40}.{'b' * 40}.{'c' * 40}"}
    here = eventually(lambda: ask("GET", f"{orders}/orders", headers=forged))
    there = shop.http.get("/orders", headers=forged)
    assert (here.status_code, here.headers["www-authenticate"]) == (401, there.headers["www-authenticate"])
    assert here.headers["content-type"] == there.headers["content-type"] == "application/problem+json"
    assert here.json() | {"instance": ""} == there.json() | {"instance": ""}


def ask(method: str, url: str, **parts: Any) -> httpx.Response | None:
    with suppress(httpx.ConnectError):
        return httpx.request(method, url, **parts)
    return None
