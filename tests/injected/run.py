"""One life with its faults, to its rest, and what was seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import botocore.endpoint
import pytest

from chassis import aws
from chassis.items import read_item
from tests.gateway import lasting_shop
from tests.injected.injector import Call, Injector
from tests.injected.lives import LIVES
from tests.injected.people import People
from tests.injected.world import OnMoto
from tests.shop import Shop
from tests.simulation import copies, letters, lists, rest
from tests.simulation.world import Violation

SETTINGS = {
    "PARTIAL_BATCH_RESPONSES": "on",
    "LOG_REQUESTS": "off",
    "METRICS": "off",
    "ORDERS_OPEN_LIMIT": "2",  # so that a third order looks which of them are still open
}
_LASTING = ("product", "stock", "adjustment", "reservation", "order", "customer", "sign_out")
_KEPT = ("status", "reason", "price", "on_hand", "reserved", "available", "shortages", "delta", "name", "sku")


@dataclass(frozen=True)
class Outcome:
    """What came of a life: `ends` is all that stands in the tables, but for times and versions."""

    first: int  # of its calls, that is not as in other lives
    calls: tuple[Call, ...]
    attempts: tuple[int, ...]  # of each call
    answers: tuple[tuple[str, int], ...]
    ends: list[str]
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Stage:
    """Where lives are lived: one cloud, which each of them finds empty."""

    shop: Shop
    injector: Injector

    def live(self, name: str, plan: dict[int, str] | None = None) -> Outcome:
        """Lives a life with those faults, numbered as its calls of AWS are."""
        world = OnMoto(self.shop, self.injector, plan or {})
        people = People(world)
        with world.entered():
            LIVES[name](people)
            world.settle()
            world.collect_letters()
            calls, attempts = tuple(self.injector.calls), tuple(self.injector.attempts)
            letters.look(world)
            letters.left(world, "inbox")
            world.forgotten |= letters.standing(world)  # nobody has them told again here
            copies.look_at_what_was_told(world)  # of orders too, which ask again and so would hide what was lost
            rest.look(world, people.answers)
            lists.look(world, people.send)
        answers, violations = tuple(people.outcomes), tuple(world.violations)
        return Outcome(people.first, calls, attempts, answers, _ends(world), violations)


@contextmanager
def opened() -> Iterator[Stage]:
    """A cloud, and the SDK in front of it, which waits for nothing before it sends again."""
    injector = Injector()
    with lasting_shop() as shop, pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        patch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))
        aws.use(injector.client)
        try:
            yield Stage(shop, injector)
        finally:
            aws.use(None)


def _ends(world: OnMoto) -> list[str]:
    """Without ids: people, and orders without a key, have others in each life."""
    ends = []
    for table, held in world.dynamodb.tables.items():
        for key, item in held.items.items():
            kind = key.partition("#")[0]
            if kind in _LASTING:
                kept = {name: value for name, value in read_item(item).items() if name in _KEPT}
                ends.append(f"{table}: {kind} {kept}")
    return sorted(ends)
