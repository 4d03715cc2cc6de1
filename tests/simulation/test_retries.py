"""What failing calls cost is bounded: retries do not make a storm of them, and all orders end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from typing import Any

import pytest
from botocore.retries import quota

from chassis import aws, clock
from tests.simulation.mutants import instead
from tests.simulation.retries import Measured, by_chance, for_ten_minutes, in_brown_outs, measure
from tests.simulation.sdk import Fails, Sdk

ORDERS, SEED = 150, 1
AT_MOST = {0.1: 1.5, 0.5: 3.0, 1.0: 4.0}  # times the attempts of a day without faults, by the share that fails


@cache
def ideal() -> float:
    return measure(by_chance(0.0), SEED, ORDERS).each


def measured(how: Callable[[float, int], Fails], rate: float) -> Measured:
    return measure(how(rate, SEED), SEED, ORDERS)


@pytest.mark.parametrize(
    ("how", "rate"),
    [(by_chance, 0.1), (by_chance, 0.5), (in_brown_outs, 0.1), (in_brown_outs, 0.5), (for_ten_minutes, 1.0)],
)
def test_failing_calls_cost_no_more_than_their_budget(how: Callable[[float, int], Fails], rate: float) -> None:
    got = measured(how, rate)
    assert got.violations == ()
    assert got.orders.total() >= 0.9 * ORDERS
    assert got.each <= AT_MOST[rate] * ideal()


def test_without_faults_no_call_is_made_twice() -> None:
    got = measure(by_chance(0.0), SEED, ORDERS)
    assert got.orders.total() == ORDERS
    assert not got.ended
    assert got.letters == 0


def no_quota() -> AbstractContextManager[None]:
    return instead(quota.RetryQuota, "acquire", lambda self, amount: True)


@contextmanager
def two_layers() -> Iterator[None]:
    """What the SDK tried three times is tried six times more by whoever called it."""
    call = Sdk._call

    def worse(self: Sdk, *asked: Any) -> Any:
        for attempt in range(5):
            try:
                return call(self, *asked)
            except Exception as error:
                if not aws.is_passing(error):
                    raise
                clock.pause(0.05 * 2**attempt)
        return call(self, *asked)

    with instead(Sdk, "_call", worse):
        yield


@pytest.mark.parametrize("mutants", [(no_quota,), (two_layers,), (no_quota, two_layers)])
def test_without_a_quota_or_with_two_layers_they_cost_more(
    mutants: tuple[Callable[[], AbstractContextManager[None]], ...],
) -> None:
    with ExitStack() as worse:
        for mutant in mutants:
            worse.enter_context(mutant())
        got = measured(for_ten_minutes, 1.0)
    assert got.each > AT_MOST[1.0] * ideal()
