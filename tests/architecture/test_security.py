"""What the page on security promises is held to the tests that it names."""

import pytest

from infra.apps_in_process import ROOT
from tests.architecture.security import REQUIREMENTS, flaws_of_answers, missing_tests
from tests.architecture.sources import Source, sources

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_is_there() -> None:
    assert missing_tests(PAGE, sources("tests")) == []


def test_every_requirement_of_levels_1_and_2_stands_on_the_page_once_with_its_answer() -> None:
    assert len(REQUIREMENTS) == 253
    assert flaws_of_answers(PAGE) == []


def test_a_test_that_was_renamed_is_missed() -> None:
    there = Source("tests/unit/test_a.py", "def test_a_rule() -> None: ...")
    assert missing_tests("`unit/test_a.py::test_a_rule`", [there]) == []
    assert missing_tests("`unit/test_a.py::test_b` `unit/test_b.py::test_a_rule`", [there]) == [
        "unit/test_a.py::test_b is not there",
        "unit/test_b.py::test_a_rule is not there",
    ]


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        ("| 9.1.1 | a | **none here** |", "9.1.1 stands there 2 times"),
        ("| 9.9.9 | a | **none here** |", "9.9.9 is no requirement of levels 1 and 2"),
        ("| 1.2.10 | a | **none here** |", "1.2.10 is no requirement of levels 1 and 2"),
        ("| 9.1.1 | a | **surely** |", "9.1.1: 'surely' is no answer"),
        ("| 9.1.1 | a | **proved**: believe me |", "9.1.1: no test is named"),
    ],
)
def test_an_answer_that_says_nothing_is_seen(row: str, flaw: str) -> None:
    assert flaw in flaws_of_answers(f"{PAGE}\n{row}\n")


def test_a_requirement_that_is_not_on_the_page_is_missed() -> None:
    assert "17.3.2 stands there 0 times" in flaws_of_answers(PAGE.replace("| 17.1.1-17.3.2 |", "| 17.1.1-17.3.1 |"))
