"""The cloud in memory refuses what nobody writes, and never guesses; what it knows is held to others: conformance."""

import pytest

from tests.simulation.cloud.expressions import NotUnderstood, holds, updated


@pytest.mark.parametrize(
    "text",
    ["contains(a, :a)", "size(a) = :a", "a <> b", "NOT a = :a", "(a = :a)", "a BETWEEN :a AND :b"],
)
def test_a_condition_that_nobody_here_writes_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        holds(text, {}, {":a": {"S": "x"}, ":b": {"S": "y"}}, {"a": {"S": "x"}})


@pytest.mark.parametrize(("a", "holding"), [("x", True), ("z", False)])
def test_and_binds_closer_than_or(a: str, holding: bool) -> None:
    item = {"a": {"S": a}, "b": {"S": "y"}}
    assert holds("a = :x OR b = :y AND a = :y", {}, {":x": {"S": "x"}, ":y": {"S": "y"}}, item) is holding


@pytest.mark.parametrize("text", ["SET a = a + :a", "DELETE a :a", "SET a = if_not_exists(a, :a)", "REMOVE a[0]"])
def test_an_update_that_nobody_here_writes_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        updated(text, {}, {":a": {"N": "1"}}, {"a": {"N": "1"}})
