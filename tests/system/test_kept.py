"""A shop on DynamoDB Local that keeps its data: nothing is lost over a kill of all its processes and a new start."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from tests import dynamodb_local
from tests.infra.runner.calling import eventually
from tests.infra.runner.running import Stack, family_of, is_running
from tests.system.conftest import Client
from tests.system.people import Person

pytestmark = dynamodb_local.needed
AT_ONCE = 12


@contextmanager
def running(data: Path) -> Iterator[Client]:
    stack = Stack(None, "--empty", "--no-reload", "--dynamodb", "local", "--data", str(data))
    try:
        with httpx.Client(base_url=stack.until_up().address("front door"), timeout=20) as http:
            yield Client(stack, http)
    finally:
        stack.end()


def kill(stack: Stack) -> list[int]:
    """All at once, as when the machine is gone: nobody is left to tidy up."""
    pids = family_of(stack.process.pid)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    stack.end()
    return pids


def test_what_was_acknowledged_before_a_kill_comes_to_its_end_after_a_new_start(tmp_path: Path) -> None:
    with running(tmp_path) as shop:
        cup, ada = shop.product("cup", stock=50), shop.customer("ada")
        erase(shop, cyd := shop.customer("qzcyd"))
        first = shop.order(ada, cup)
        assert shop.outcome(first)["status"] == "confirmed"
        placed = [first, *(shop.order(ada, cup) for _ in range(AT_ONCE))]
        killed = kill(shop.stack)
    eventually(lambda: not any(map(is_running, killed)))
    assert files_with("qzcyd", tmp_path) <= {"tables"}  # of DynamoDB Local, whose stream has her for a day
    with running(tmp_path) as shop:
        again = Person(shop.http, "ada@example.org").sign_in()  # her account is there, and is hers
        assert Person(shop.http, cyd.email).try_to_sign_in().status_code == 401
        assert [shop.outcome(order)["status"] for order in placed] == ["confirmed"] * len(placed)
        shown = shop.http.get("/orders", params={"limit": 100}, auth=again).json()["items"]
        assert {order["id"] for order in shown} == set(placed)
        assert shop.stock(cup) == (50, len(placed), 50 - len(placed))
        assert shop.outcome(shop.order(again, cup))["status"] == "confirmed"
        assert "nothing is wrong" in tell(shop, "doctor")
        assert "OrderConfirmed" in tell(shop, "trace", first)


def erase(shop: Client, who: Person) -> None:
    asked = shop.http.delete("/customers/me/personal-data", headers={"If-Match": "*"}, auth=who)
    assert asked.status_code == 204, asked.text


def files_with(word: str, data: Path) -> set[str]:
    """What is kept in the folder that has the word: by the first part of its path."""
    files = [path for path in data.rglob("*") if path.is_file()]
    return {path.relative_to(data).parts[0] for path in files if word.encode() in path.read_bytes().lower()}


def test_a_shop_that_was_left_alone_for_days_goes_on(tmp_path: Path) -> None:
    """Its streams have no records any more then, and DynamoDB Local counts new ones from 1 on."""
    with running(tmp_path) as shop:
        jug, bea = shop.product("jug", stock=5), shop.customer("bea")
        assert shop.outcome(shop.order(bea, jug))["status"] == "confirmed"
    counted = last_told(tmp_path)
    age_records(tmp_path, timedelta(days=2))
    with running(tmp_path) as shop:
        again = Person(shop.http, "bea@example.org").sign_in()
        assert shop.outcome(shop.order(again, jug))["status"] == "confirmed"
        assert shop.stock(jug) == (5, 2, 3)
    assert 0 < last_told(tmp_path) < counted  # known of DynamoDB Local: the day it counts on, this fails


def last_told(data: Path) -> int:
    """The number of the last record of orders that was told."""
    [file] = (data / "checkpoints" / "orders").glob("*.json")
    return max(int(number) for _, number in json.loads(file.read_text())["shards"].values())


def age_records(data: Path, by: timedelta) -> None:
    """As if so much time had passed: DynamoDB Local drops what is older than a day when it starts."""
    [tables] = (data / "tables").glob("*.db")
    with closing(sqlite3.connect(tables)) as kept:
        kept.execute("UPDATE us SET CreationDateTime = CreationDateTime - ?", [by // timedelta(milliseconds=1)])
        kept.commit()


def tell(shop: Client, *command: str) -> str:
    """What an operator's tool says of the shop."""
    place = ["--stage", "local", "--cloud-url", shop.stack.address("cloud")]
    told = subprocess.run([sys.executable, "-m", "infra.cli", *command, *place], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return told.stdout
