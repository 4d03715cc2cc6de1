"""The page on reliability names what there is: every kind of fault, and every deliberate one with its seed."""

import re

import pytest

from infra.apps_in_process import ROOT
from tests.simulation.faults import KINDS
from tests.simulation.mutants import MUTANTS

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_stands_on_the_page(kind: str) -> None:
    assert re.search(rf"(\| |· ){re.escape(kind)} (·|\|)", PAGE)


def test_every_deliberate_fault_stands_on_the_page_and_no_other() -> None:
    table = PAGE.partition("## The kill table")[2].partition("\n## ")[0]
    assert re.findall(r"^\| ([a-z].*?) \| \d+ \|", table, re.MULTILINE) == list(MUTANTS)
