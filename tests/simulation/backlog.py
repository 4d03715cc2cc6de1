"""A hundred times the orders for an hour, more than products can hear: who waits how long, and what waiting costs.

All is smaller than the templates allow, where five functions at once that take 20 ms a message hear 250 a second, and
400 orders a minute ask again: at an order in 100 seconds all is 400 times smaller. With fewer orders products hears
less, but as many ask again, so that this is too hard rather than too easy.
"""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from chalicelib.orders import reactions, store
from chassis.items import read_item
from tests.simulation import rest, sources
from tests.simulation.answers import Answers
from tests.simulation.cloud.dynamodb import Change
from tests.simulation.cloud.streams import SHARDS
from tests.simulation.mutants import instead
from tests.simulation.people import STAFF, People
from tests.simulation.rules import Rules
from tests.simulation.topology import parts
from tests.simulation.world import Outage, World

HOUR = 3600.0
BATCH, EVERY = 10, 16.0  # messages that products hears, and in how many seconds: in proportion to the orders
ASK_AT_ONCE = 1  # orders, each minute
USUAL = 100.0  # seconds from one order to the next
TIMES = 100  # as many in the burst
STEPS = 5_000_000


@dataclass
class Seen:
    """What became of the orders: when each was placed and answered, and what the burst cost."""

    placed: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    in_vain: int = 0  # reservations that were only made to be given back
    heard: int = 0  # messages that products got
    burst: tuple[float, float] = (0.0, 0.0)
    drained: float = 0.0  # seconds after the burst at which products' inbox was empty
    violations: tuple[str, ...] = ()

    @property
    def each(self) -> float:
        """Messages that products got for an order."""
        return self.heard / len(self.placed)

    def waits(self, since: float, until: float) -> list[float]:
        """How long those placed in that time waited, in order."""
        return sorted(
            answered - self.placed[id] for id, answered in self.answered.items() if since <= self.placed[id] < until
        )


class Shoppers(People):
    """A product with stock for all, and as many customers as it takes; orders come when they are told to."""

    def _all(self) -> None:
        self.skus, self.names = ["p0"], [f"c{n}" for n in range(8)]
        self._start("staff", self._staff)

    def _staff(self) -> None:
        self.insist(STAFF, "POST", "/products", {"sku": "p0", "name": "P0", "price": self._price()}, key="add")
        self._adjust("p0", 1_000_000)
        for name in self.names:
            self.insist(f"customer:{name}", "PUT", "/customers/me", {"email": f"{name}@example.com", "name": name})

    def order(self, every: float, lasts: float) -> None:
        """Orders at that pace, for so long; by staff, whose orders nobody limits."""
        for number in range(round(lasts / every)):
            self._start("order", partial(self._want, self.world.scheduler.now + every * number))

    def _want(self, at: float) -> None:
        self.world.scheduler.sleep(at - self.world.scheduler.now)
        body = {"lines": [{"sku": "p0", "quantity": 1}], "customer_id": self.chance.choice(self.names)}
        self.insist(STAFF, "POST", "/orders", body)


@contextmanager
def scaled() -> Iterator[None]:
    """Within, one order a minute asks again, where four hundred do."""
    with instead(store, "SHARDS", 1), instead(reactions, "AT_ONCE", ASK_AT_ONCE):
        yield


def run_burst(off: float = 0.0, deadline: float = 24 * HOUR, usual: float = USUAL, fresh: float = 3 * HOUR) -> Seen:
    """A burst of an hour, then orders at the usual pace, until all have their answers.

    `off` is how long products hears nothing, from the burst's beginning on.
    """
    world, seen = World(0), Seen()
    world.faults.heal()
    Rules(world)
    _watch(world, seen)
    with world.entered(), scaled():
        os.environ["ORDERS_DEADLINE_SECONDS"] = str(int(deadline))
        shoppers = Shoppers(world, Answers(world))
        _connect(world, usual)
        _until(world, lambda: not shoppers.left and rest.is_quiet(world))
        began, queue = world.scheduler.now, world.inboxes["products"]
        before = queue.count
        world.outages.append(Outage("products-inbox", began, began + off))
        shoppers.order(usual / TIMES, HOUR)
        _until(world, lambda: world.scheduler.now >= began + HOUR)
        shoppers.order(usual, fresh)
        _until(world, lambda: world.scheduler.now > began + off and not queue.waiting)
        seen.burst, seen.drained = (began, began + HOUR), world.scheduler.now - began - HOUR
        _until(world, lambda: not shoppers.left and rest.is_quiet(world))
        seen.heard = queue.count - before
        seen.violations = tuple(f"{each.rule}: {each.seen}" for each in world.violations)
    return seen


def _connect(world: World, usual: float) -> None:
    """All event sources, but that products hears at its own pace, and that the tick comes each minute."""
    for part in parts():
        for shard in range(SHARDS):
            world.places[part.name, shard] = 0
            follower = world.scheduler.spawn("stream", partial(sources._follow, world, part.name, shard))
            world.pokes.setdefault(part.name, []).append(follower)
    poller = world.scheduler.spawn("queue orders", partial(sources._poll, world, "orders"))
    world.pokes["orders-inbox"] = [poller]
    world.scheduler.spawn("queue products", partial(_hear, world, EVERY * usual / USUAL))
    world.scheduler.spawn("clock", partial(_tick, world))


def _hear(world: World, every: float) -> None:
    queue = world.inboxes["products"]
    while True:
        batch = [] if world.is_off(queue.name) else queue.receive(queue.visible()[:BATCH])
        if batch:
            records = [(message, message.receipt, message.received) for message in batch]
            sources._consume(world, "products", records, [1])
        world.scheduler.sleep(every)


def _tick(world: World) -> None:
    while True:
        world.scheduler.sleep(60.0)
        sources._run_tick(world)


def _watch(world: World, seen: Seen) -> None:
    """Notes what happens to orders and reservations."""
    held, rules = dict[str, str](), world.watch

    def watch(changes: list[Change]) -> None:
        rules(changes)
        for change in changes:
            kind, _, id = change.key.partition("#")
            after = read_item(change.after or {})
            if kind == "order":
                _note(seen, id, after, world.scheduler.now)
            elif kind == "reservation":
                was, held[id] = held.get(id), after["status"]
                seen.in_vain += (was, held[id]) == ("reserved", "released")

    world.watch = watch


def _note(seen: Seen, id: str, order: dict[str, Any], now: float) -> None:
    seen.placed.setdefault(id, now)
    if order["status"] != "placed":
        seen.answered.setdefault(id, now)
        seen.ends[id] = order.get("reason", order["status"])


def _until(world: World, over: Callable[[], bool]) -> None:
    def look() -> None:
        while not (world.violations or over()):
            world.scheduler.sleep(10.0)

    watch = world.scheduler.spawn("watch", look)
    world.scheduler.run(lambda: watch.done, STEPS)


def at(waits: list[float], share: float) -> float:
    """The wait that this share of orders did not exceed."""
    return waits[min(len(waits) - 1, int(share * len(waits)))] if waits else math.nan
