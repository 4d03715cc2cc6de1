"""How a basket becomes an order that the shop can take."""

from infra.demo.files import Line
from infra.demo.orders import LINES, Order, make_orders


def a_line(basket: str = "b", product: str = "p", quantity: int = 1, household: str = "h") -> Line:
    return Line(basket, household, "2017-02-27 05:19:39", product, quantity)


def test_lines_of_one_product_become_one_line() -> None:
    made = make_orders([a_line(quantity=2), a_line(product="q"), a_line(quantity=3)], {"p", "q"})
    assert made.orders == (Order("b", "h", {"p": 5, "q": 1}),)


def test_a_product_that_nobody_knows_is_left_out_and_counted() -> None:
    made = make_orders([a_line(), a_line(product="x"), a_line("c", product="x")], {"p"})
    assert made.orders == (Order("b", "h", {"p": 1}),)
    assert (made.unknown_lines, made.empty_baskets) == (2, 1)


def test_a_quantity_is_brought_within_what_a_line_may_have() -> None:
    made = make_orders([a_line(product="p", quantity=0), a_line(product="q", quantity=1001)], {"p", "q"})
    assert made.orders[0].lines == {"p": 1, "q": 1000}
    assert made.capped_lines == 2


def test_a_basket_with_too_many_lines_is_split_and_no_line_is_lost() -> None:
    products = [f"p{number}" for number in range(2 * LINES + 1)]
    made = make_orders([a_line(product=product) for product in products], products)
    assert [order.id for order in made.orders] == ["b", "b-2", "b-3"]
    assert [len(order.lines) for order in made.orders] == [LINES, LINES, 1]
    assert made.products == products
    assert made.split_baskets == 1


def test_the_limit_is_of_baskets_and_takes_the_first() -> None:
    made = make_orders([a_line("a"), a_line("b", household="g"), a_line("a", "q"), a_line("c")], {"p", "q"}, limit=2)
    assert [order.id for order in made.orders] == ["a", "b"]
    assert made.households == ["h", "g"]
