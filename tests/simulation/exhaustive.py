"""Every fault, and every two, that there can be on one order's way: what chance may pass by, one after the other.

The way is always the same: a product, a customer, an order that is confirmed and then cancelled, and one that is
refused. Each question whether a fault happens is numbered; a run answers yes to one of them, or to two.
"""

from typing import Any

from tests.simulation.faults import CALLS, WAYS, Faults
from tests.simulation.part import SHOWN, Part
from tests.simulation.people import STAFF, People
from tests.simulation.persons import person
from tests.simulation.run import Outcome, run

BUYER = "customer:c0"


class Planned(Faults):
    """Says yes to the questions of these numbers and no to all others; `asked` are the kinds, in their order."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__(0)
        self.numbers, self.asked = numbers, list[str]()

    def hits(self, kind: str) -> bool:
        if self.healed:
            return False
        self.asked.append(kind)
        if len(self.asked) - 1 not in self.numbers:
            return False
        self.counted[kind] += 1
        return True


class OneOrder(People):
    """Staff and a customer, one request after the other."""

    def _all(self) -> None:
        self.skus, self.names = ["p0"], ["c0"]
        self._start("saga", self._saga)

    def _saga(self) -> None:
        product: dict[str, Any] = {"sku": "p0", "name": "P0", "price": self._price()}
        self.insist(STAFF, "POST", "/products", product, key="add")
        self.insist(STAFF, "POST", "/products/p0/stock-adjustments", {"delta": 3, "reason": "count"}, key="count")
        self.insist(BUYER, "PUT", "/customers/me", person("c0"))
        self.world.scheduler.sleep(3.0)
        answer = self._buy(2)
        self.world.scheduler.sleep(3.0)
        if answer:
            self.insist(BUYER, "POST", f"/orders/{answer.body['id']}/cancel")
        self._buy(4)

    def _buy(self, quantity: int) -> Any:
        body = {"lines": [{"sku": "p0", "quantity": quantity}]}
        answer = self.insist(BUYER, "POST", "/orders", body, key=f"buy-{quantity}")
        return answer if answer and answer.done else None


def with_faults(*numbers: int) -> tuple[Outcome, list[int]]:
    """The run in which those faults happen, and the numbers of all that can happen after the last of them."""
    faults = Planned(numbers)
    outcome = run(0, OneOrder, faults)
    kinds = enumerate(faults.asked)
    return outcome, [
        number for number, kind in kinds if (kind in CALLS or kind in WAYS) and number > max(numbers, default=-1)
    ]


def after(first: int) -> Part:
    """The run with that fault, and each with one more after it."""
    outcome, more = with_faults(first)
    whole = _counted(outcome, (first,))
    for second in more:
        whole += _counted(with_faults(first, second)[0], (first, second))
    return whole


def _counted(outcome: Outcome, numbers: tuple[int, ...]) -> Part:
    named = ", ".join(map(str, numbers))
    again = f"tests.simulation.exhaustive.with_faults({named})  # {dict(outcome.faults)}"
    lines = tuple(f"{again}: {broken.rule}: {broken.seen[:SHOWN]}" for broken in outcome.violations[:1])
    return Part(lines, outcome.faults, outcome.orders, outcome.facts, outcome.calls, 1)
