"""No single fault on a way of an order, and no two, break a rule: each is tried, and not left to chance."""

import shlex
from functools import cache
from random import Random

import pytest
from click.testing import CliRunner

from tests.simulation.__main__ import main
from tests.simulation.exhaustive import TRIED, TWINS, Run, below, firsts, with_faults
from tests.simulation.mutants import MUTANTS
from tests.simulation.part import Part, Task, seed_of_commit
from tests.simulation.paths import PATHS

PAIRS_OF = 6  # paths, another choice with each commit: `python -m tests.simulation --depth 2` tries all of them
SHORT = "a shop opens"


@cache
def singles(path: str) -> tuple[Part, list[Task]]:
    return firsts(path)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_without_faults_ends_as_it_says(path: str) -> None:
    outcome = with_faults(path).outcome
    assert outcome.violations == ()
    assert outcome.orders == PATHS[path].ends


@pytest.mark.parametrize("path", PATHS)
def test_no_single_fault_on_a_path_breaks_a_rule(path: str) -> None:
    part, _ = singles(path)
    assert part.lines == ()
    assert part.runs > 40
    assert sum(times for kind, times in part.faults.items() if kind in TRIED) == part.runs - 1


@pytest.mark.parametrize("choice", range(PAIRS_OF))
def test_no_second_fault_after_it_breaks_a_rule_either(choice: int) -> None:
    chance = Random(seed_of_commit())
    path = chance.sample(sorted(PATHS), PAIRS_OF)[choice]
    first = chance.choice(singles(path)[1]).first
    assert below(path, (first,), 1).lines == ()


@pytest.mark.parametrize("name", ["state and facts are two writes", "what can not be heard is taken for heard"])
def test_a_single_fault_shows_what_chance_might_pass_by(name: str) -> None:
    with MUTANTS[name]():
        assert firsts(SHORT)[0].lines != ()


def test_a_kind_that_is_left_out_of_two_makes_no_other_world_than_its_twin() -> None:
    kinds = with_faults(SHORT).asked
    places = [place for place, kind in enumerate(kinds) if TWINS.get(kind) == kinds[place - 1]]
    assert places
    assert all(_seen(with_faults(SHORT, [place])) == _seen(with_faults(SHORT, [place - 1])) for place in places)


def _seen(run: Run) -> tuple[object, ...]:
    """All but the name of the error."""
    outcome = run.outcome
    return outcome.seconds, outcome.steps, outcome.calls, outcome.orders, outcome.facts, run.asked


def test_a_fault_is_had_again_by_its_name() -> None:
    by_place = with_faults(SHORT, [30])
    assert with_faults(SHORT, by_place.happened).outcome.trace == by_place.outcome.trace


def test_the_parts_of_a_run_add_up() -> None:
    one, other = Part(("a",), calls=2, runs=1), Part(calls=3, runs=2)
    assert one + other == Part(("a",), calls=5, runs=3)


def test_the_last_line_says_how_deep_and_of_how_many_paths() -> None:
    ended = CliRunner().invoke(main, ["--depth", "1", "--path", "a key is used for another product", "--jobs", "1"])
    assert ended.exit_code == 0
    assert " runs at depth 1 of 1 paths, " in ended.output.splitlines()[-1]
    assert ended.output.endswith(" 0 violations\n")


def test_what_breaks_a_rule_on_a_path_is_told_by_the_line_that_repeats_it() -> None:
    mutant = ["--mutant", "what can not be heard is taken for heard"]
    ended = CliRunner().invoke(main, ["--depth", "1", "--path", SHORT, "--jobs", "1", *mutant])
    assert ended.exit_code == 1
    told = next(line for line in ended.output.splitlines() if line.startswith(".venv"))
    command, _, what = told.partition("  # ")
    again = CliRunner().invoke(main, shlex.split(command)[3:])
    assert what in again.output
    assert again.exit_code == 1


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["--path", "to nowhere"], "--path"),
        (["--mutant", "none"], "--mutant"),
        (["--depth", "0"], "--depth"),
        (["--seed-from", "-1"], "--seed-from"),
        (["--fault", "throttled 1"], "--path"),
        (["--path", SHORT, "--fault", "throttled"], "--fault"),
        (["--path", SHORT, "--fault", "throttled 0"], "--fault"),
        (["--path", SHORT, "--fault", "throttled 99999"], "--fault"),
        (["--path", SHORT, "--fault", "stream off for days 1"], "--fault"),
        (["--path", SHORT, "--fault", "throttled 1", "--depth", "1"], "--depth"),
        (["--seed-from", "abc"], "'commit'"),
    ],
)
def test_what_is_given_wrongly_is_named(given: list[str], named: str) -> None:
    ended = CliRunner().invoke(main, given)
    assert ended.exit_code == 2
    assert named in ended.output
