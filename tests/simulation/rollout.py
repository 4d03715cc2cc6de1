"""A release that goes out while the shop is open: of each invocation chance says whether the last one serves it."""

import random
from dataclasses import dataclass, field

from tests.simulation.faults import Faults
from tests.simulation.released_code import Release, last, today

SPANS = (5.0, 60.0, 3600.0, 86400.0)  # seconds that it takes


@dataclass
class Rollout:
    """From `begins` on more and more is served by today's code; one that is taken back ends where it began."""

    begins: float
    takes: float
    taken_back: bool
    chance: random.Random = field(repr=False)

    def serves(self, now: float) -> Release:
        """Who serves an invocation that begins now."""
        part = (now - self.begins) / self.takes
        if self.taken_back and part >= 1:
            return last()
        return today() if self.chance.random() < part else last()


def drawn(seed: int, faults: Faults) -> Rollout | None:
    """The seed's own, where it has one; else all is today's."""
    if not faults.hits("another release"):
        return None
    chance = random.Random(f"rollout/{seed}")
    taken_back = faults.hits("another release, taken back")
    return Rollout(chance.uniform(0, 20), chance.choice(SPANS), taken_back, chance)
