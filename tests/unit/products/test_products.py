"""Products and their stock: what may change, and what is told of it."""

from typing import Any

import pytest

from chalicelib.products import events, model
from chalicelib.products.model import Money
from tests.builders import NOON, a_product, a_stock, minutes


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"price": Money(399, "USD")}, [events.PriceChanged]),
        ({"name": "Green tea"}, [events.ProductRevised]),
        ({"status": "draft"}, [events.ProductUnpublished]),
        ({"status": "archived"}, [events.ProductArchived]),
        ({"price": Money(399, "USD"), "category": "hot"}, [events.PriceChanged, events.ProductRevised]),
    ],
)
def test_each_kind_of_change_is_told_by_its_own_fact(changes: dict[str, Any], facts: list[type]) -> None:
    revised, told = model.revise(a_product(), changes, minutes(1)) or pytest.fail("nothing changed")
    assert told == facts
    assert (revised.version, revised.changed_at, revised.created_at) == (2, minutes(1), NOON)


def test_a_change_to_what_is_so_already_is_none() -> None:
    assert model.revise(a_product(), {"name": "Tea", "status": "active"}, minutes(1)) is None


def test_an_archived_product_can_come_back() -> None:
    back, told = model.revise(a_product(status="archived"), {"status": "active"}, NOON) or pytest.fail("no change")
    assert (back.status, told) == ("active", [events.ProductPublished])


def test_an_optional_part_can_be_taken_away() -> None:
    revised, _ = model.revise(a_product(category="hot"), {"category": None}, NOON) or pytest.fail("no change")
    assert revised.category is None


def test_an_adjustment_says_what_it_came_to() -> None:
    made = model.adjust(a_stock(10, reserved=4), "a-1", -6, "broken", NOON, None)
    assert made.on_hand == 4


def test_what_is_reserved_can_not_be_taken_off_the_shelf() -> None:
    with pytest.raises(model.TooLittleAvailable, match="6"):
        model.adjust(a_stock(10, reserved=4), "a-1", -7, "broken", NOON, None)


def test_an_adjustment_by_zero_is_none() -> None:
    with pytest.raises(model.DeltaIsZero):
        model.adjust(a_stock(), "a-1", 0, "counted", NOON, None)


def test_no_stock_grows_without_bound() -> None:
    with pytest.raises(model.TooMuchOnHand):
        model.adjust(a_stock(10), "a-1", model.Stock.MOST, "typing error", NOON, None)
