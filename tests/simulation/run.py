"""One seed from its first request to its rest, and what was seen."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.simulation import copies, letters, lists, rest, restores, rollout, sources
from tests.simulation.answers import Answers
from tests.simulation.faults import Faults
from tests.simulation.people import People
from tests.simulation.rules import Rules
from tests.simulation.scheduler import Stuck, Task
from tests.simulation.world import SKEW, Violation, World

STEPS = 60_000  # of people and faults
TO_REST = 30_000  # after the last fault
CLEARED = 3  # times that an operator looks for what was set aside since
OF_A_WEEK = 10  # times as many, where orders ask each hour of a week
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
    world.rollout = rollout.drawn(seed, world.faults)
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

    def go_on(until: Callable[[], bool]) -> None:
        times = OF_A_WEEK if world.faults.counted["inbox off for weeks"] else 1
        world.scheduler.run(lambda: broken() or until(), TO_REST * times)

    def has(operate: Callable[[], object], delay: float = 0.0) -> None:
        operator = world.scheduler.spawn("operator", operate, delay=delay)
        go_on(partial(_is_done, operator))

    def settle() -> None:
        """SNS gives up after weeks, in which more may be told that it gives up on later."""
        go_on(lambda: rest.is_quiet(world))
        for _ in range(CLEARED):
            if any(letters.to_heal(world, *letters.BOXES)):
                has(partial(letters.clear, world))
                go_on(lambda: rest.is_quiet(world))

    world.scheduler.run(lambda: broken() or not people.left, STEPS)
    world.faults.heal()
    for _ in range(2):  # what was set aside is given back, once all else is at rest
        go_on(lambda: rest.is_quiet(world))
        has(partial(letters.clear, world))
    go_on(lambda: rest.is_quiet(world))
    for name in list(world.floors):
        has(partial(restores.agree_at_last, world, name))
        settle()
    has(lambda: None, delay=SKEW)  # nobody does anything for so long: for who signed out by a clock that was ahead
    if not broken():
        copies.look_at_what_was_told(world)
    go_on(lambda: rest.is_quiet(world) and copies.is_healed(world))
    settle()
    if not broken():
        rest.look(world, answers)
        letters.left(world, *letters.BOXES)
        lists.look(world, partial(lists.ask, world))


def _is_done(task: Task) -> bool:
    return task.done


def _facts(world: World) -> Counter[str]:
    """How many facts were told, and how many of them never reached all who listen, by why."""
    return Counter(
        {
            "facts told": len(world.told),
            "facts that a stream no longer had": len(world.lost),
            "facts that a queue forgot": len(world.forgotten & world.told.keys()),
            "facts set aside, their records being too old": len(world.aged),
            "facts set aside, and told again by an operator": len(world.set_aside & world.told.keys()),
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
