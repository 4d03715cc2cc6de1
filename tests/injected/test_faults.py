"""Whichever call of AWS goes wrong, and however: nothing is lost, nothing oversold, all ends as without the fault."""

from functools import cache

import pytest

from tests.injected.injector import INSIDE, OUTSIDE
from tests.injected.lives import KEYLESS, LIVES
from tests.injected.plans import Undisturbed, wrong
from tests.injected.run import Stage
from tests.simulation.mutants import MUTANTS

pytestmark = pytest.mark.timeout(300)  # some thirty lives each, on a machine that may be busy
OPENS = "a shop opens and has a customer"
# Deliberate faults, where each shows, and by which rule.
SEEN = [
    ("state and facts are two writes", OPENS, "crash after a call", "every fact reaches all who listen"),
    ("what can not be heard is taken for heard", OPENS, "throttled", "a copy has the last that was told"),
    ("the relay goes on after an error", OPENS, "timed out, not done", "every fact reaches all who listen"),
    (
        "a write that met another is let go",
        "an order is cancelled while it is confirmed",
        "throttled",
        "an order that was acknowledged exists",
    ),
    (
        "an answer that was lost is taken for anothers write",
        KEYLESS,
        "answer lost, sent again by the client",
        "a key is refused only to who used it for another request",
    ),
]


@pytest.mark.parametrize("name", LIVES)
def test_a_life_without_faults_breaks_no_rule(undisturbed: Undisturbed, name: str) -> None:
    assert undisturbed(name).violations == ()
    assert set(undisturbed(name).attempts) == {1}


@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize("name", [name for name in LIVES if name != KEYLESS])
def test_a_call_that_goes_wrong_changes_nothing_that_lasts(
    stage: Stage, undisturbed: Undisturbed, name: str, kind: str
) -> None:
    problems = list(wrong(stage, undisturbed, name, kind))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("kind", INSIDE)
@pytest.mark.parametrize("name", LIVES)
def test_a_call_that_the_sdk_sends_again_is_seen_by_nobody(
    stage: Stage, undisturbed: Undisturbed, name: str, kind: str
) -> None:
    problems = list(wrong(stage, undisturbed, name, kind))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("fault", "name", "kind", "rule"), SEEN)
def test_a_deliberate_fault_is_seen(stage: Stage, fault: str, name: str, kind: str, rule: str) -> None:
    with MUTANTS[fault]():
        worse = cache(stage.live)
        assert worse(name).violations == ()
        assert any(f": {rule}: " in problem for problem in wrong(stage, worse, name, kind))
