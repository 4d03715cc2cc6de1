"""The shop keeps its promises through every fault there is; the same seed is the same world, wherever it runs."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.apps_in_process import ROOT, app_folders
from tests.simulation.__main__ import main
from tests.simulation.faults import KINDS, Faults
from tests.simulation.mutants import MUTANTS
from tests.simulation.part import NO_COMMIT, Part, run_seeds, seed_of_commit
from tests.simulation.run import run

SEEDS = 150  # looked at by `make test`; `make simulate` looks at more
RARE = ("inbox off for weeks", "order of 99 lines", "another release")  # they take long: few seeds of a slice have them
OF_COMMIT = 25  # more of them, which nobody has looked at before this commit
TRACES = "from tests.simulation.run import run; print(*[run(seed).trace for seed in (3, 7)])"


@pytest.fixture(scope="module")
def slice() -> Part:
    return run_seeds(range(SEEDS))


def test_no_rule_is_broken_through_all_faults(slice: Part) -> None:
    assert slice.lines == ()


def test_no_rule_is_broken_by_the_seeds_of_this_commit() -> None:
    first = seed_of_commit()
    assert run_seeds(range(first, first + OF_COMMIT)).lines == ()


def test_where_there_is_no_commit_the_seeds_are_always_the_same(tmp_path: Path) -> None:
    assert seed_of_commit(tmp_path / "nowhere") == seed_of_commit(tmp_path) == NO_COMMIT


def test_every_kind_of_fault_happens(slice: Part) -> None:
    assert set(slice.faults) | set(RARE) == set(KINDS)


@pytest.mark.parametrize("kind", RARE)
def test_a_kind_that_few_seeds_draw_breaks_no_rule_either(kind: str) -> None:
    faults = Faults(1)
    faults.rates[kind] = 1.0
    outcome = run(1, faults=faults)
    assert outcome.faults[kind]
    assert outcome.violations == ()


def test_orders_end_in_every_way_that_there_is(slice: Part) -> None:
    assert set(slice.orders) == {"confirmed", "out_of_stock", "by_customer", "by_staff", "timed_out"}


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711"])
def test_the_same_seed_is_the_same_world_in_any_process(hash_seed: str) -> None:
    path = os.pathsep.join([str(ROOT), *map(str, app_folders().values())])
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    told = subprocess.run(
        [sys.executable, "-c", TRACES], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [run(3).trace, run(7).trace]


def test_another_seed_is_another_world() -> None:
    assert len({run(seed).trace for seed in range(4)}) == 4


def test_nothing_of_a_world_stays_behind() -> None:
    before, urandom = dict(os.environ), os.urandom
    run(0)
    assert dict(os.environ) == before
    assert os.urandom is urandom


def test_the_last_line_counts_and_the_exit_status_is_0_where_no_rule_is_broken() -> None:
    ended = CliRunner().invoke(main, ["--seeds", "2", "--jobs", "1"])
    assert ended.exit_code == 0
    assert ended.output.splitlines()[-1].startswith("2 seeds, ")
    assert ended.output.endswith(" kinds, 0 violations\n")


def test_a_seed_that_breaks_a_rule_is_told_by_the_line_that_repeats_it_and_the_exit_status_is_1() -> None:
    with MUTANTS["a save does not look at the version"]():
        seed = next(seed for seed in range(SEEDS) if run(seed).violations)
        ended = CliRunner().invoke(main, ["--seeds", "1", "--seed-from", str(seed), "--jobs", "1"])
    first, last = ended.output.splitlines()
    assert first.startswith(f"make simulate SEEDS=1 SEED_FROM={seed}  # a version is the one before and one more: ")
    assert last.endswith(", 1 violations")
    assert ended.exit_code == 1


def test_what_a_deliberate_fault_broke_is_told_by_the_line_that_puts_it_in_again() -> None:
    ended = CliRunner().invoke(main, ["--seeds", "20", "--jobs", "1", "--mutant", "a key is not looked at"])
    first = ended.output.splitlines()[0].partition("  # ")[0]
    assert first.startswith(".venv/bin/python -m tests.simulation --seeds 1 --seed-from ")
    assert CliRunner().invoke(main, shlex.split(first)[3:]).exit_code == 1


@pytest.mark.parametrize(
    "given",
    [["--depth", "1", "--seeds", "5"], ["--path", "a shop opens", "--seed-from", "5"], ["--fault", "tick late 1"]],
)
def test_what_would_change_nothing_is_refused(given: list[str]) -> None:
    ended = CliRunner().invoke(main, given)
    assert (ended.exit_code, given[-2] in ended.output) == (2, True)
