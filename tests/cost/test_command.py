"""What `emporium cost` prints, and how it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.cost.command import cost
from infra.cost.prices import FILE


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cost, arguments)


def test_a_bill_says_what_it_is_of_and_ends_with_what_an_order_costs() -> None:
    result = run("--orders-per-day", "1000", "--stage", "dev")
    first, *_, last = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert first.startswith("1,000 orders a day of 3 lines, stage dev, us-east-1, list prices of 2026-06-30")
    assert last.startswith("an order")


def test_programs_get_all_of_it_as_json() -> None:
    told = json.loads(run("--orders-per-day", "1000", "--lines", "1", "--visits-per-order", "5", "--json").stdout)
    assert (told["traffic"]["lines"], told["traffic"]["visits"], told["running"]["memory"]) == (1, 5, 512)
    assert told["total"] == pytest.approx(sum(line["sum"] for line in told["lines"]))
    assert told["orders"] == 30_000
    assert told["per_order"] == pytest.approx(told["total"] / 30_000)
    assert 0 < told["fixed"] < told["total"]


def test_a_stage_that_keeps_its_logs_longer_pays_for_it() -> None:
    kept = {
        stage: next(
            line["units"]
            for line in json.loads(run("--orders-per-day", "10", "--stage", stage, "--json").stdout)["lines"]
            if line["name"] == "cloudwatch.log_storage_gb"
        )
        for stage in ("dev", "prod")
    }
    assert kept["prod"] == pytest.approx(kept["dev"] * 365 / 7)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--orders-per-day", "0"], "--orders-per-day"),
        (["--orders-per-day", "-1"], "--orders-per-day"),
        (["--orders-per-day", "many"], "--orders-per-day"),
        ([], "--orders-per-day"),
        (["--orders-per-day", "1", "--lines", "2"], "1, 3, 10, 40, 99 lines, not with 2"),
        (["--orders-per-day", "1", "--stage", "prd"], "'prd' is none of the stages"),
        (["--orders-per-day", "1", "--stage", "local"], "'local' is what `emporium up` runs"),
        (["--orders-per-day", "1", "--prices", "none.toml"], "none.toml"),
        (["--orders-per-day", "1", "--visits-per-order", "-1"], "--visits-per-order"),
        (["--orders-per-day", "1", "--visits-per-order", "nan"], "--visits-per-order"),
        (["--orders-per-day", "1", "--visits-per-order", "inf"], "--visits-per-order"),
        (["--orders-per-day", "1", "--visits-per-order", "1e308"], "--visits-per-order"),
        (["--orders-per-day", "1", "--orders-per-user", "0"], "--orders-per-user"),
        (["--orders-per-day", "1", "--orders-per-user", "1e-320"], "--orders-per-user"),
        (["--orders-per-day", "1", "--batch", "0.5"], "--batch"),
        (["--orders-per-day", "1", "--cold", "1.1"], "--cold"),
    ],
)
def test_what_can_not_be_reckoned_is_refused_by_its_name(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr.splitlines()[-1]


def test_a_price_that_is_missing_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = FILE.read_text(encoding="utf-8")
    own.write_text(text.replace("publishes", "published"), encoding="utf-8")
    result = run("--orders-per-day", "1", "--prices", str(own))
    assert (result.exit_code, result.stderr) == (2, "emporium cost: own.toml: [sns]: publishes has no price\n")
