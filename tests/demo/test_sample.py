"""The committed sample of products and baskets, and how such a sample is chosen."""

from collections import Counter

from infra.demo import BASKETS, CATALOGUE
from infra.demo.files import Line, Product, read_catalogue, read_lines
from infra.demo.orders import make_orders
from infra.demo.sample import choose, enough_for, most_sold


def a_product(id: str, department: str = "GROCERY") -> Product:
    return Product(id, "ICE", department, "FRZN ICE", "National", "22 LB", 349, stock=None)


def lines(basket: str, *products: str) -> list[Line]:
    return [Line(basket, "h", "now", product, 1) for product in products]


def test_the_committed_baskets_hold_known_products_only_and_many_have_several_lines() -> None:
    orders = make_orders(read_lines(BASKETS), read_catalogue(CATALOGUE))
    assert orders.unknown_lines == 0
    assert sum(len(order.lines) > 1 for order in orders.orders) >= 60


def test_with_the_committed_stock_most_baskets_can_be_had_and_some_can_not() -> None:
    products = read_catalogue(CATALOGUE)
    stock = {id: product.stock or 0 for id, product in products.items()}
    orders = make_orders(read_lines(BASKETS), products).orders
    rejected = 0
    for order in orders:
        if any(stock[product] < units for product, units in order.lines.items()):
            rejected += 1
        else:
            stock = {id: units - order.lines.get(id, 0) for id, units in stock.items()}
    assert 0.03 <= rejected / len(orders) <= 0.08


def test_the_most_sold_products_come_first_and_what_can_not_be_delivered_not_at_all() -> None:
    products = {"a": a_product("a"), "b": a_product("b"), "fuel": a_product("fuel", "FUEL")}
    assert most_sold(products, lines("1", "a", "b", "fuel") + lines("2", "b", "fuel")) == ["b", "a"]


def test_a_basket_of_which_too_little_would_be_left_is_not_chosen() -> None:
    mostly, hardly = lines("1", "a", "x", "y"), lines("2", "a", "x", "y", "z")
    assert choose(mostly + hardly, {"a"}) == mostly[:1]


def test_the_most_wanted_products_run_out_and_the_others_do_not() -> None:
    wanted = lines("1", *"aaaaaaaaaabbbbbbbbcccccccddddddef")
    demand, stock = Counter(line.product for line in wanted), enough_for(wanted, "abcdefg")
    assert {product for product in demand if stock[product] < demand[product]} == set("abcd")
    assert stock["g"] > 0
