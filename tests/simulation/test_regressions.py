"""What broke a rule once breaks none again, and still would, were its fault back in the product."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.exhaustive import with_faults
from tests.simulation.part import put_in
from tests.simulation.run import Outcome, run

FILE = Path(__file__).with_name("regressions.toml")
KEPT: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["kept"]


def again(kept: dict[str, Any]) -> Outcome:
    return run(kept["seed"]) if "seed" in kept else with_faults(kept["path"], kept["faults"]).outcome


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept["was"])
def test_what_broke_a_rule_once_breaks_none_again(kept: dict[str, Any]) -> None:
    assert again(kept).violations == ()


@pytest.mark.parametrize("kept", [each for each in KEPT if "mutant" in each], ids=lambda kept: kept["was"])
def test_it_still_meets_what_was_wrong(kept: dict[str, Any]) -> None:
    """Where this fails and the rule is kept, the way has moved: `--depth 1 --path ... --mutant ...` finds it anew."""
    with put_in([kept["mutant"]]):
        assert [each.rule for each in again(kept).violations][:1] == [kept["rule"]]


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept["was"])
def test_what_is_kept_says_what_was_wrong_and_how_it_is_had_again(kept: dict[str, Any]) -> None:
    assert kept["was"].endswith(".")
    assert kept.keys() - {"mutant"} in ({"was", "rule", "seed"}, {"was", "rule", "path", "faults"})
