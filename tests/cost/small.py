"""Counts and prices so small that a bill can be worked out by hand."""

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from infra.cost.counts import LINES, Act, Counts, Standing
from infra.cost.prices import BILLED, Price, Prices

NOTHING: Act = {}
ORDER: Act = {
    "gateway": {"requests": 1, "bytes_out": 1024},
    "orders.api_handler": {"invocations": 1, "calls": 2, "read_units": 3, "write_units": 4, "log_bytes": 724},
    "orders.relay": {"invocations": 2, "calls": 2, "publishes": 2},
    "orders.inbox": {"invocations": 1, "calls": 1, "write_units": 1, "sqs_requests": 2},
    "tables": {"stored_bytes": 1024},
}
TICK: Act = {"orders.tick": {"invocations": 1, "calls": 4, "read_units": 2}}
STANDING = Standing(
    pollers=0,
    ticks={},
    alarms=0,
    dashboards=0,
    metrics=0,
    distributions=0,
    keys=0,
    secrets=0,
    keyed_tables=False,
    keyed_topics=False,
    plan="lite",
)


def counts(standing: Standing = STANDING, acts: Mapping[str, Act] | None = None) -> Counts:
    """Nothing of anything but an order of one line, unless other acts are given."""
    named = ["sign in", "sign up", "list products", "look at a product", "orders.tick"]
    named += [f"{act} {lines}" for act in ("order", "look at an order") for lines in LINES]
    known = dict.fromkeys(named, NOTHING) | {"order 1": ORDER, "orders.tick": TICK}
    return Counts(known | dict(acts or {}), standing)


def standing(**more: object) -> Standing:
    return replace(STANDING, **more)


def prices(**named: Price) -> Prices:
    """All for nothing, but for those that are named: sqs_requests is sqs.requests."""
    of = {f"{service}.{what}": Price(0) for service, whats in BILLED.items() for what in whats}
    return Prices("here", date(2026, 1, 1), of | {name.replace("_", ".", 1): price for name, price in named.items()})
