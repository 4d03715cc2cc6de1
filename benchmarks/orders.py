"""From POST /orders to confirmed: `python -m benchmarks.orders`.

Two measures. On an idle shop, one order of three lines at a time: how long until a client sees it confirmed. And with
many clients at once, real baskets: how many orders a second come to their end, and the processor time of each part.
Every run has a shop of its own, unless --url names one.
"""

import argparse
import dataclasses
import os
import statistics
import time
import uuid
from collections.abc import Iterator, Mapping
from itertools import cycle

import httpx

from benchmarks.stack import running, spent
from infra.demo import BASKETS, CATALOGUE
from infra.demo.catalogue import load
from infra.demo.crowd import each
from infra.demo.files import read_catalogue, read_lines
from infra.demo.households import AT_ONCE, open_accounts
from infra.demo.orders import Order, Orders, make_orders
from infra.demo.play import Play
from infra.demo.shop import look, place
from infra.demo.summary import percentile, summarise
from infra.identity import PASSWORD, STAFF
from infra.identity.accounts import Account
from infra.shop import connect

ENOUGH = 1_000_000  # of every product: here nothing runs out
ONE_BY_ONE = 50
STEP = 0.01  # seconds between two looks at the order that is waited for

Figures = dict[str, float]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", help="of a running shop; without it every run starts one")
    options.add_argument("--dynamodb", default="moto", help="of a shop that is started: moto, or local")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--orders", type=int, default=300)
    options.add_argument("--clients", type=int, default=16)
    chosen = options.parse_args()
    runs = []
    for number in range(1, chosen.runs + 1):
        runs.append(measure(chosen.url, chosen.orders, chosen.clients, chosen.dynamodb))
        print(f"run {number}: {_line(runs[-1])}", flush=True)
    print(f"median: {_line({name: statistics.median(run[name] for run in runs) for name in runs[0]})}")


def measure(url: str | None, wanted: int, clients: int, dynamodb: str = "moto") -> Figures:
    """One run: its figures by name, with their unit."""
    catalogue = read_catalogue(CATALOGUE)
    orders = make_orders(read_lines(BASKETS), catalogue, wanted)
    with running(url, "--dynamodb", dynamodb) as stack, connect(stack.url, max(clients, AT_ONCE)) as shop:
        began = time.monotonic()
        products = [dataclasses.replace(product, stock=ENOUGH) for product in catalogue.values()]
        loaded = sum(1 for _ in load(shop, Account(shop, STAFF, PASSWORD), products, clients))
        loading = time.monotonic() - began
        customers = signed_in(shop, orders.households, clients)
        alone = sorted(one_by_one(shop, customers, list(catalogue)[:3]))
        before, own = stack.processor(), time.process_time()
        figures = at_once(shop, customers, orders, clients)
        costs = spent(before, stack.processor()) | {"this benchmark": time.process_time() - own}
    return {
        f"load {loaded} products s": loading,
        "alone p50 ms": 1000 * (percentile(alone, 50) or 0),
        "alone p99 ms": 1000 * (percentile(alone, 99) or 0),
        **figures,
        **{f"{part} ms/order": 1000 * seconds / len(orders.orders) for part, seconds in costs.items()},
    }


def signed_in(shop: httpx.Client, households: list[str], clients: int) -> dict[str, Account]:
    """The households' accounts; signing up and in is not part of ordering, and done before anything is measured."""
    customers = dict(open_accounts(shop, households, PASSWORD))
    for answer in each(lambda account: shop.get("/orders", auth=account), customers.values(), clients):
        answer.raise_for_status()
    return customers


def one_by_one(shop: httpx.Client, customers: Mapping[str, httpx.Auth], skus: list[str]) -> Iterator[float]:
    """The seconds from sending an order until it is seen confirmed, each order alone.

    By several customers in turn, for one alone may not order so often.
    """
    for number, customer in zip(range(ONE_BY_ONE), cycle(customers.values()), strict=False):
        sent = time.monotonic()
        id = place(shop, Order(str(number), "", dict.fromkeys(skus, 1)), customer, uuid.uuid4().hex)
        seen = None
        while True:
            found, seen = look(shop, id, customer, seen)
            if found and found["status"] == "confirmed":
                break
            if time.monotonic() > sent + 60:
                raise SystemExit(f"the order {id} was not confirmed within a minute")
            time.sleep(STEP)
        yield time.monotonic() - sent


def at_once(shop: httpx.Client, customers: Mapping[str, httpx.Auth], orders: Orders, clients: int) -> Figures:
    """As many clients as asked for, each with one order after the other."""
    began = time.monotonic()
    outcomes = list(Play(shop, customers, uuid.uuid4().hex).outcomes(orders.orders, clients))
    summary = summarise(outcomes, time.monotonic() - began)
    if summary.counts["confirmed"] != len(orders.orders):
        raise SystemExit(f"not all orders were confirmed: {dict(summary.counts)}")
    p50, p99 = 1000 * (summary.p50 or 0), 1000 * (summary.p99 or 0)
    return {"orders/s": summary.per_second, "placed to confirmed p50 ms": p50, "p99 ms": p99}


def _line(figures: Figures) -> str:
    load = f"load average {os.getloadavg()[0]:.1f}"
    return ", ".join([*(f"{name} {value:.1f}" for name, value in figures.items()), load])


if __name__ == "__main__":
    main()
