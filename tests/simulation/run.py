"""One seed from its first request to its rest, and what was seen."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.simulation import lists, rest, sources
from tests.simulation.answers import Answers
from tests.simulation.faults import Faults
from tests.simulation.people import People, redrive
from tests.simulation.rules import Rules
from tests.simulation.scheduler import Stuck
from tests.simulation.world import Violation, World

STEPS = 60_000  # of people and faults
TO_REST = 30_000  # after the last fault
Everybody = Callable[[World, Answers], People]


@dataclass(frozen=True)
class Outcome:
    """What came of a seed; `trace` is the same for the same seed, wherever and whenever it runs."""

    seed: int
    trace: str
    calls: int
    steps: int
    seconds: float  # of the world's own time
    faults: Counter[str]
    orders: Counter[str]
    facts: Counter[str]
    violations: tuple[Violation, ...]


def run(seed: int, everybody: Everybody = People, faults: Faults | None = None) -> Outcome:
    """Lets the world of that seed go on until it is at rest, or a rule does not hold.

    `faults` are others than the seed's own.
    """
    world = World(seed)
    world.faults = faults or world.faults
    Rules(world)
    answers = Answers(world)
    with world.entered():
        people = everybody(world, answers)
        sources.connect(world)
        try:
            _go(world, answers, people)
        except Stuck as stuck:
            world.violate("all comes to rest", stuck)
        outcome = _outcome(world)
    return outcome


def _go(world: World, answers: Answers, people: People) -> None:
    def broken() -> bool:
        return bool(world.violations)

    world.scheduler.run(lambda: broken() or not people.left, STEPS)
    world.faults.heal()
    for _ in range(2):  # what was set aside is given back, once all else is at rest
        world.scheduler.run(lambda: broken() or rest.is_quiet(world), TO_REST)
        for name in world.inboxes:
            redrive(world, name)
    world.scheduler.run(lambda: broken() or rest.is_quiet(world), TO_REST)
    if not broken():
        rest.look(world, answers)
        lists.look(world, partial(lists.ask, world))


def _facts(world: World) -> Counter[str]:
    """How many facts were told, and how many of them never reached all who listen, by why."""
    return Counter(
        {
            "facts told": len(world.told),
            "facts that a stream no longer had": len(world.lost),
            "facts set aside, their records being too old": len(world.aged),
            "facts set aside, being refused for good": len(rest.set_aside(world) & world.told.keys()),
        }
    )


def _outcome(world: World) -> Outcome:
    orders = [item for key, item in world.dynamodb.tables["orders"].items.items() if key.startswith("order#")]
    ends = Counter(str(item.get("reason", item["status"])["S"]) for item in map(dict[str, Any], orders))
    scheduler = world.scheduler
    return Outcome(
        world.seed,
        scheduler.trace,
        world.calls,
        scheduler.steps,
        scheduler.now,
        world.faults.counted,
        ends,
        _facts(world),
        tuple(world.violations),
    )
