"""The page on reliability names what there is: every kind of fault, every path, and every deliberate fault."""

import re

import pytest

from tests.simulation import page
from tests.simulation.faults import KINDS
from tests.simulation.mutants import MUTANTS
from tests.simulation.paths import PATHS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_stands_on_the_page(kind: str) -> None:
    assert re.search(rf"(\| |· ){re.escape(kind)} (·|\|)", page.TEXT)


@pytest.mark.parametrize("path", PATHS)
def test_every_path_stands_on_the_page(path: str) -> None:
    assert re.search(rf"(\n|· ){re.escape(path)}( ·|\.?\n)", page.TEXT)


def test_every_deliberate_fault_stands_on_the_page_and_no_other() -> None:
    singles, held = [each.name for each in page.caught()], {each.name for each in page.twos()}
    assert sorted(singles) == sorted(set(MUTANTS) - held)
    assert held <= set(MUTANTS)


def test_every_deliberate_fault_is_caught_by_a_seed_or_on_a_path() -> None:
    assert [each.name for each in page.caught() if each.seed is None and each.path is None] == []
    assert {each.path for each in page.caught() if each.path} <= set(PATHS)


def test_what_hides_a_deliberate_fault_is_another_one() -> None:
    assert {each.other for each in page.twos()} <= set(MUTANTS)
