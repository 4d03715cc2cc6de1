"""The cloud in memory refuses what nobody writes, and never guesses; what it knows is held to others: conformance."""

import pytest

from tests.simulation.cloud.expressions import NotUnderstood, holds, updated


@pytest.mark.parametrize(
    "text",
    ["a = :a OR b = :b AND c = :c", "contains(a, :a)", "a <> :a", "NOT a = :a", "(a = :a)", "a BETWEEN :a AND :b"],
)
def test_a_condition_that_nobody_here_writes_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        holds(text, {}, {":a": {"S": "x"}, ":b": {"S": "y"}}, {"a": {"S": "x"}})


@pytest.mark.parametrize("text", ["SET a = a + :a", "DELETE a :a", "SET a = if_not_exists(a, :a)", "REMOVE a[0]"])
def test_an_update_that_nobody_here_writes_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        updated(text, {}, {":a": {"N": "1"}}, {"a": {"N": "1"}})
