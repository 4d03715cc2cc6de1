"""The price list: whole, or refused with what is missing; and prices that fall as units grow."""

import re
from datetime import date
from pathlib import Path

import pytest

from infra.cost.prices import FILE, Price, PricesNotRead, Step, load

TEXT = FILE.read_text(encoding="utf-8")


def test_the_committed_prices_say_of_where_and_when_they_are() -> None:
    prices = load()
    assert (prices.region, prices.valid) == ("us-east-1", date(2026, 6, 30))
    assert prices.of["dynamodb.write_units"] == Price(0.625, per=1_000_000)


def test_each_service_names_the_page_of_its_prices() -> None:
    heads = [line for line in TEXT.splitlines() if line.startswith("[")]
    assert [line for line in heads if not re.search(r"# https://aws\.amazon\.com/\w+(-\w+)*/pricing/", line)] == []


def test_beyond_a_step_its_price_is_asked_for() -> None:
    stepped = Price(10, steps=(Step(100, 5), Step(1000, 1)))
    assert [stepped.of(units) for units in (0, 100, 101, 1001)] == [0, 1000, 1005, 1000 + 4500 + 1]


def test_the_free_tier_comes_off_the_first_units() -> None:
    stepped = Price(10, free=50, steps=(Step(100, 5),))
    assert [stepped.of(units, free_tier=True) for units in (0, 50, 60, 101)] == [0, 0, 100, 505]
    assert Price(10, free=150, steps=(Step(100, 5),)).of(160, free_tier=True) == 50


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("storage_gb = {price = 0.25, free = 25}", "", r"own\.toml: \[dynamodb\]: storage_gb has no price"),
        ("[sqs]", "[sqss]", r"own\.toml: \[sqs\]: requests has no price"),
        ("{price = 5.00, per", "{prise = 5.00, per", r"\[xray\]: traces: .*prise"),
        ("{price = 5.00, per", "{price = '5.00', per", r"\[xray\]: traces: .*price"),
        ("{price = 5.00, per", "{price = -5.00, per", r"\[xray\]: traces: no price is below 0"),
        ("{price = 5.00, per", "{price = nan, per", r"\[xray\]: traces: no price is below 0"),
        ("per = 10_000, free = 20_000", "per = 0", r"\[kms\]: requests: .*per is 1 or more"),
        ("{from = 333_000_000, price", "{from = 3_000_000_000, price", r"\[apigateway\]: requests: .*steps rise"),
        ('region = "us-east-1"', "region = 1", "region is to be a text"),
        ("valid = 2026-06-30", 'valid = "2026-06-30"', "valid is to be a date"),
        ("[sqs]", "[sqs", r"own\.toml"),
    ],
)
def test_a_list_that_lacks_a_price_or_bends_one_is_refused_with_its_place(
    tmp_path: Path, was: str, now: str, said: str
) -> None:
    path = tmp_path / "own.toml"
    assert TEXT.count(was) >= 1
    path.write_text(TEXT.replace(was, now, 1), encoding="utf-8")
    with pytest.raises(PricesNotRead, match=said):
        load(path)


def test_a_list_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(PricesNotRead, match=r"none\.toml"):
        load(tmp_path / "none.toml")
