"""Placing an order: who may, what can be ordered, and what it costs."""

import pytest

from chalicelib.orders import model
from chalicelib.orders.events import OrderPlaced
from chalicelib.orders.model import Customer, Money, Wanted
from tests.builders import NOON, PATIENCE, a_known_product, a_line, an_order, minutes

TEA, MUG = a_known_product("tea"), a_known_product("mug", price=Money(1250, "USD"))
KNOWN = {"tea": TEA, "mug": MUG}


def test_an_order_keeps_the_price_of_the_day_it_was_placed() -> None:
    [tea, mug] = model.price([Wanted("tea", 3), Wanted("mug", 1)], KNOWN)
    assert (tea.unit_price, tea.total) == (Money(349, "USD"), Money(1047, "USD"))
    assert (mug.name, mug.total) == ("Mug", Money(1250, "USD"))


def test_a_new_order_tells_that_it_was_placed_and_waits_for_its_stock() -> None:
    customer = Customer(id="ada", version=1, status="active")
    order, facts = model.place("o-1", customer, [a_line(quantity=2), a_line("mug", 1, 1250)], NOON, PATIENCE)
    assert (order.status, order.version, order.total) == ("placed", 1, Money(1948, "USD"))
    assert facts == (OrderPlaced,)
    assert order.ask_at == minutes(1)


def test_an_unknown_product_is_refused_and_named() -> None:
    with pytest.raises(model.ProductNotForSale, match="cake") as refused:
        model.price([Wanted("tea", 1), Wanted("cake", 1)], KNOWN)
    assert [flaw.at for flaw in refused.value.flaws] == ["#/lines/1/sku"]


@pytest.mark.parametrize("status", ["archived", "draft"])
def test_a_product_that_is_not_active_can_not_be_ordered(status: str) -> None:
    with pytest.raises(model.ProductNotForSale, match="tea"):
        model.price([Wanted("tea", 1)], {"tea": a_known_product(status=status)})


def test_every_line_that_is_wrong_is_named() -> None:
    with pytest.raises(model.ProductNotForSale) as refused:
        model.price([Wanted("cake", 1), Wanted("tea", 1), Wanted("pie", 1)], KNOWN)
    assert [flaw.at for flaw in refused.value.flaws] == ["#/lines/0/sku", "#/lines/2/sku"]


def test_a_product_stands_on_one_line() -> None:
    with pytest.raises(model.ProductGivenTwice) as refused:
        model.price([Wanted("tea", 1), Wanted("mug", 1), Wanted("tea", 2)], KNOWN)
    assert [flaw.at for flaw in refused.value.flaws] == ["#/lines/2/sku"]


def test_an_order_is_in_one_currency() -> None:
    euro = {"mug": a_known_product("mug", price=Money(990, "EUR")), "tea": TEA}
    lines = model.price([Wanted("tea", 1), Wanted("mug", 1)], euro)
    with pytest.raises(model.CurrenciesMixed, match="EUR and USD"):
        model.place("o-1", Customer(id="ada", version=1, status="active"), lines, NOON, PATIENCE)


def test_a_customer_that_nobody_told_of_can_not_order() -> None:
    with pytest.raises(model.CustomerUnknown, match="bob") as refused:
        model.admit("bob", None, by_staff=True)
    assert [flaw.at for flaw in refused.value.flaws] == ["#/customer_id"]
    with pytest.raises(model.NotYetACustomer):
        model.admit("bob", None, by_staff=False)


def test_a_deactivated_customer_can_not_order() -> None:
    for by_staff in (True, False):
        with pytest.raises(model.CustomerDeactivated):
            model.admit("ada", Customer(id="ada", version=2, status="deactivated"), by_staff=by_staff)


def test_whoever_asks_the_same_again_sees_the_order_as_it_was_placed() -> None:
    placed = an_order()
    confirmed, _ = model.confirm(placed, minutes(1)) or pytest.fail("it was waiting")
    assert model.as_placed(confirmed).status == "placed"
    assert model.as_placed(confirmed).changed_at == NOON
    assert model.as_placed(confirmed).version == 1
