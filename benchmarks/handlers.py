"""What an invocation costs in processor time, without the cloud's part: for the assumption in infra/cost/usage.py.

    PYTHONPATH=functions/customers:functions/orders:functions/products python -m benchmarks.handlers

The shop and the cloud are one process; the time that the cloud takes to answer is taken off. What is missing is what a
call costs on its way: the connection and TLS.
"""

import io
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

import tests.conftest  # noqa: F401  # an AWS that is this process's own
from infra.local.moto.hardening import harden
from tests.shop import CONTEXT, Shop, forget_sign_outs, open_shop

ROUNDS, WARM = 60, 10
LINES = [{"sku": f"product-{number}", "quantity": 1} for number in range(3)]


class Watch:
    """Processor time and calls of what is run, by its name."""

    def __init__(self) -> None:
        self.cloud, self.calls = 0.0, 0
        self.found: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        answer = BotocoreStubber.__call__

        def timed(stubber: BotocoreStubber, *given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return answer(stubber, *given, **named)
            finally:
                self.cloud += time.process_time() - began
                self.calls += 1

        BotocoreStubber.__call__ = timed  # type: ignore[method-assign]

    def run(self, name: str, turn: Callable[[], Any]) -> Any:
        self.cloud, self.calls = 0.0, 0
        began = time.process_time()
        result = turn()
        self.found[name].append((time.process_time() - began - self.cloud, self.calls))
        return result


def main() -> None:
    harden()
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        watch = Watch()
        with redirect_stdout(io.StringIO()):
            shop = open_shop(os.environ.__setitem__)
            os.environ |= {"ORDERS_PLACING_LIMIT": "1000/60", "ORDERS_OPEN_LIMIT": "1000"}
            stock(shop)
            for _ in range(ROUNDS):
                play(shop, watch)
    print("turn                           ms   calls   ms for each invocation and each call")
    for name, times in watch.found.items():
        spent = statistics.median(seconds for seconds, _ in times[WARM:]) * 1000
        calls = statistics.median(made for _, made in times[WARM:])
        print(f"{name:<27}{spent:>6.2f}{calls:>8.0f}{spent / (1 + name.count('+') + calls):>12.2f}")


def stock(shop: Shop) -> None:
    for number in range(20):
        price = {"amount": 349, "currency": "USD"}
        shop.call("POST", "/products", {"sku": f"product-{number}", "name": f"Product {number}", "price": price})
        path = f"/products/product-{number}/stock-adjustments"
        shop.call("POST", path, {"delta": 1000, "reason": "delivery"})
    shop.customer("ada")
    shop.settle()


def play(shop: Shop, watch: Watch) -> None:
    forget_sign_outs()
    ada = "customer:ada"
    watch.run("list products", lambda: shop.call("GET", "/products", by=""))
    watch.run("look at a product", lambda: shop.call("GET", "/products/product-1", by=""))
    order = watch.run("identify + place an order", lambda: shop.call("POST", "/orders", {"lines": LINES}, by=ada)).body
    while due := [turn for name in shop.apps for turn in turns(shop, name)]:
        for name, records in due:
            app, _, handler = name.partition(".")
            watch.run(name, lambda app=app, handler=handler, records=records: call(shop, app, handler, records))
    watch.run("identify + look at it", lambda: shop.call("GET", f"/orders/{order['id']}", by=ada))
    watch.run("orders.tick", shop.tick)


def turns(shop: Shop, name: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """What is due to a capability: its stream's records together, each message alone."""
    records = shop.records(name)
    messages = shop.messages(name) if hasattr(shop.apps[name], "inbox") else []
    return [(f"{name}.relay", records)] * bool(records) + [(f"{name}.inbox", [each]) for each in messages]


def call(shop: Shop, app: str, handler: str, records: list[dict[str, Any]]) -> Any:
    return getattr(shop.apps[app], handler)({"Records": records}, CONTEXT)


if __name__ == "__main__":
    main()
