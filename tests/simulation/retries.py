"""What failing calls cost: a crowd's orders through the whole saga, behind botocore's own retries, at rising rates."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from chassis import aws
from tests.simulation import lists, rest, sources
from tests.simulation.answers import Answers
from tests.simulation.people import STAFF, People, redrive
from tests.simulation.requests import Answer
from tests.simulation.rules import Rules
from tests.simulation.sdk import Fails, Served

ORDERS = 300
EACH = 1.0  # seconds, mostly, from one order to the next
CUSTOMERS, SKUS = 60, 10
HOLD = 6 * 3600.0  # seconds for which the faults hold, or until every order ended
STEPS = 3_000_000
WINDOW = 120.0  # seconds of a brown-out
OUTAGE = 640.0  # seconds from the beginning, of which the shop opens in the first
TRIES = 30  # of a client


class Crowd(People):
    """Staff fills the shelves and customers register; then, once `opened`, orders come at a steady pace."""

    opened = False
    orders = ORDERS

    def _all(self) -> None:
        self.skus, self.names = [f"p{n}" for n in range(SKUS)], [f"c{n}" for n in range(CUSTOMERS)]
        self._start("staff", self._staff)
        for name in self.names:
            body = {"email": f"{name}@example.com", "name": name}
            self._start(name, partial(self.insist, f"customer:{name}", "PUT", "/customers/me", body))

    def _staff(self) -> None:
        for sku in self.skus:
            product = {"sku": sku, "name": sku.upper(), "price": self._price()}
            self.insist(STAFF, "POST", "/products", product, key=f"add-{sku}")
            self._adjust(sku, 1_000_000)

    def open(self) -> None:
        """From now on they order."""
        for number in range(self.orders):
            delay = number * EACH + self.chance.uniform(0, EACH)
            self._start(f"order {number}", partial(self._want, number, delay))

    def _want(self, number: int, delay: float) -> None:
        self.world.scheduler.sleep(delay)
        by = f"customer:{self.names[number % CUSTOMERS]}"
        answer = self.insist(by, "POST", "/orders", {"lines": self._lines()}, key=f"key-{number}")
        if answer is None or not answer.done:
            return
        self.world.scheduler.sleep(self.chance.uniform(0, 5.0))
        self.insist(by, "GET", "/orders?limit=5")
        if number % 10 == 0:
            self.insist(by, "POST", f"/orders/{answer.body['id']}/cancel")

    def insist(self, by: str, method: str, path: str, body: Any = None, **more: Any) -> Answer | None:
        """As a good client does: it asks again after a random part of a time that doubles."""
        for times in range(TRIES):
            answer = self.ask(by, method, path, body, **more)
            if answer is not None and answer.status not in (403, 429, 503):
                return answer
            self.world.scheduler.sleep(self.chance.uniform(0, min(2.0**times, 60.0)))
        return None


@dataclass(frozen=True)
class Measured:
    """What one run took: attempts by function and operation, orders by how they ended, and broken rules."""

    attempts: Counter[tuple[str, str]]
    ended: Counter[str]
    orders: Counter[str]
    seconds: float
    letters: int
    violations: tuple[str, ...]

    @property
    def each(self) -> float:
        """Attempts for an order, without what the tick looks for each minute, whatever happens."""
        looked = self.attempts["orders.tick", "query"]
        return (self.attempts.total() - looked) / max(1, self.orders.total())


def by_chance(rate: float, seed: int = 0) -> Fails:
    """Each attempt fails with that probability."""
    chance = random.Random(f"errors/{seed}")
    return lambda now: chance.random() < rate


def in_brown_outs(rate: float, seed: int = 0) -> Fails:
    """All attempts fail, for that share of all windows of time."""
    return lambda now: random.Random(f"brown-out/{seed}/{now // WINDOW}").random() < rate


def for_ten_minutes(rate: float = 1.0, seed: int = 0) -> Fails:
    """All attempts fail with that probability, and then none does."""
    chance = random.Random(f"outage/{seed}")
    return lambda now: now < OUTAGE and chance.random() < rate


def measure(fails: Fails, seed: int = 0, orders: int = ORDERS) -> Measured:
    """Lets the crowd order while attempts fail, until all orders have ended, and then all come to rest."""
    world = Served(seed)
    world.faults.heal()
    Rules(world)
    answers = Answers(world)
    with world.entered():
        aws.use(world.sdk)
        people = Crowd(world, answers)
        people.orders = orders
        sources.connect(world)
        _run(world, lambda: not people.left and rest.is_quiet(world))
        world.attempts.clear()
        began, world.fails = world.scheduler.now, fails
        people.open()
        until = began + HOLD
        _run(world, lambda: world.scheduler.now > until or (not people.left and _ended(world)))
        world.fails = lambda now: False
        _run(world, lambda: not people.left and _ended(world))
        counted, ended, took = world.attempts.copy(), world.ended.copy(), world.scheduler.now - began
        letters = sum(len(world.sqs.queues[f"{name}-inbox-dlq"].waiting) for name in world.inboxes)
        _rest(world, answers)
    ends = Counter(str(item.get("reason", item["status"])["S"]) for item in _orders(world))
    return Measured(
        counted, ended, ends, took, letters, tuple(f"{each.rule}: {each.seen}" for each in world.violations)
    )


def _run(world: Served, until: Callable[[], bool]) -> None:
    """Goes on until then; it is looked each second only, for that is to look at all orders."""

    def look() -> None:
        while not (world.violations or until()):
            world.scheduler.sleep(1.0)

    watch = world.scheduler.spawn("watch", look)
    world.scheduler.run(lambda: watch.done, STEPS)


def _rest(world: Served, answers: Answers) -> None:
    for _ in range(2):
        _run(world, lambda: rest.is_quiet(world))
        for name in world.inboxes:
            redrive(world, name)
    _run(world, lambda: rest.is_quiet(world))
    rest.look(world, answers)
    lists.look(world, partial(lists.ask, world))


def _orders(world: Served) -> list[dict[str, Any]]:
    return [item for key, item in world.dynamodb.tables["orders"].items.items() if key.startswith("order#")]


def _ended(world: Served) -> bool:
    """Whether no order waits for anything."""
    return not any("ask_at" in item for item in _orders(world))
