"""What each capability saves at once, with another who does the same at the same moment: all of it or nothing."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from msgspec import structs

from chalicelib.customers import commands as customer_commands
from chalicelib.customers import model as customer_model
from chalicelib.customers import schemas as customer_schemas
from chalicelib.customers import store as customers
from chalicelib.orders import store as orders
from chalicelib.products import commands as product_commands
from chalicelib.products import model as product_model
from chalicelib.products import schemas as product_schemas
from chalicelib.products import store as products
from chassis.auth import Caller
from chassis.conditions import Match
from chassis.refusals import Conflict, Unavailable
from chassis.table import NotWritten
from tests.builders import NOON, a_customer, a_known_product, a_product, an_order
from tests.gateway import lasting_shop
from tests.racing import lost, race, winner
from tests.shop import Shop

ROUNDS = 8
ANY = Match(frozenset(), any=True)
STAFF = Caller("staff", "s-1")
numbers = count()


@pytest.fixture(scope="module", autouse=True)
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


def new(kind: str) -> str:
    return f"{kind}-{next(numbers)}"


def a_registered_customer() -> customer_model.Customer:
    id = new("customer")
    customer = a_customer(id=id, email=f"{id}@example.com")
    customers.register(customer, ())
    return customer


def a_stocked_product(on_hand: int = 0) -> str:
    sku = new("sku")
    products.add_product(a_product(sku=sku))
    if on_hand:
        product_commands.adjust_stock(sku, product_schemas.AdjustStock(on_hand, "delivery"), None)
    return sku


def stock(sku: str) -> tuple[int, int, int]:
    """On hand, reserved, available."""
    found = product_commands.get_stock(sku)
    return found.on_hand, found.reserved, found.available


def reserve(order: str, *lines: tuple[str, int], asked: int = 1) -> Any:
    wanted = [product_model.Line(sku, quantity) for sku, quantity in lines]
    return lambda: products.answer_order(order, lambda found: product_model.reserve(found, order, wanted, asked, NOON))


def release(order: str, asked: int = 2) -> Any:
    return lambda: products.answer_order(order, lambda found: product_model.release(found, order, asked, NOON))


# customers


def test_of_two_who_register_as_one_customer_the_first_stays_as_it_is() -> None:
    for _ in range(ROUNDS):
        id = new("customer")
        both = [a_customer(id=id, name=name) for name in ("Ada", "Eve")]
        race(*(lambda each=each: customers.register(each, ()) for each in both))
        assert customers.customers.get(id) in both


def revising(id: str, **changes: Any) -> Any:
    return lambda: customer_commands.revise_customer(id, customer_schemas.ReviseCustomer(**changes), ANY, STAFF)


def test_of_two_who_change_the_same_customer_neither_undoes_the_other() -> None:
    for _ in range(ROUNDS):
        ada = a_registered_customer()
        outcomes = race(revising(ada.id, name="Ada L."), revising(ada.id, phone="+49 123 456"))
        assert lost(outcomes, Conflict) == []
        after = customers.customers.get(ada.id)
        assert after is not None
        assert (after.name, after.phone, after.version) == ("Ada L.", "+49 123 456", 3)


def test_a_change_that_changes_nothing_is_no_new_version() -> None:
    ada = a_registered_customer()
    home = customer_schemas.Address(recipient="Ada", line1="Main Street 1", city="Bern", country="CH")
    once = revising(ada.id, addresses=(home,), phone="+49 123 456")()
    again = revising(ada.id, addresses=(home,), phone="+49 123 456")()
    assert (once.version, again.version) == (2, 2)


# products


def adding(sku: str, name: str) -> Any:
    price = product_model.Money(349, "USD")
    return lambda: product_commands.add_product(product_schemas.AddProduct(sku, name, price), None)


def test_of_two_who_add_one_sku_one_has_added_it() -> None:
    for _ in range(ROUNDS):
        sku = new("sku")
        outcomes = race(*(adding(sku, name) for name in ("Tea", "Mug")))
        won = winner(outcomes, product_model.SkuIsTaken)
        assert product_commands.get_product(sku) == outcomes[won]
        assert stock(sku) == (0, 0, 0)


def test_no_adjustment_is_lost_and_none_takes_what_is_not_there() -> None:
    for _ in range(ROUNDS // 2):
        sku = a_stocked_product(on_hand=3)
        takes = [adjusting(sku, -1) for _ in range(5)]
        outcomes = race(*takes)
        refused = [each for each in outcomes if isinstance(each, product_model.TooLittleAvailable)]
        assert len(lost(outcomes, Conflict)) == len(refused) == 2
        assert stock(sku) == (0, 0, 0)


def adjusting(sku: str, delta: int, made_by: str | None = None) -> Any:
    asked = product_schemas.AdjustStock(delta, "count")
    return lambda: product_commands.adjust_stock(sku, asked, made_by)


def test_an_adjustment_that_is_sent_twice_at_once_is_made_once() -> None:
    for _ in range(ROUNDS):
        sku, mark = a_stocked_product(), f"{new('key')}/fingerprint"
        one, other = race(adjusting(sku, 5, mark), adjusting(sku, 5, mark))
        assert structs.asdict(one) == structs.asdict(other)
        assert stock(sku) == (5, 0, 5)


def test_many_who_adjust_one_stock_all_get_through() -> None:
    sku = a_stocked_product()
    outcomes = race(*[adjusting(sku, 1)] * 8)
    assert lost(outcomes, Unavailable) == []
    assert stock(sku) == (8, 0, 8)


def test_of_two_orders_for_the_last_one_has_all_its_lines_and_the_other_none() -> None:
    for _ in range(ROUNDS):
        tea, mug, plate = a_stocked_product(1), a_stocked_product(9), a_stocked_product(9)
        ids = [new("order"), new("order")]
        won = winner(
            race(reserve(ids[0], (mug, 2), (tea, 1)), reserve(ids[1], (tea, 1), (plate, 3))), products.StockShort
        )
        assert stock(tea) == (1, 1, 0)
        assert (stock(mug), stock(plate)) == (((9, 2, 7), (9, 0, 9)) if won == 0 else ((9, 0, 9), (9, 3, 6)))
        assert products.reservations.get(ids[1 - won]) is None


def test_an_order_that_is_heard_twice_at_once_is_reserved_once() -> None:
    for _ in range(ROUNDS):
        tea, id = a_stocked_product(9), new("order")
        assert lost(race(*[reserve(id, (tea, 2))] * 3), NotWritten) == []
        assert stock(tea) == (9, 2, 7)


def test_an_order_and_its_cancellation_at_once_leave_nothing_reserved() -> None:
    for _ in range(ROUNDS):
        tea, id = a_stocked_product(9), new("order")
        assert lost(race(reserve(id, (tea, 2)), release(id)), NotWritten) == []
        found = products.reservations.get(id)
        assert (found and found.status, stock(tea)) == ("released", (9, 0, 9))


def test_a_cancellation_that_is_heard_twice_at_once_gives_back_once() -> None:
    for _ in range(ROUNDS):
        tea, id = a_stocked_product(9), new("order")
        reserve(id, (tea, 2))()
        assert lost(race(release(id), release(id), release(id, asked=3)), NotWritten) == []
        assert stock(tea) == (9, 0, 9)


def test_stock_is_never_sold_twice_nor_below_zero_while_people_adjust_it() -> None:
    tea = a_stocked_product(5)
    buyers = [reserve(new("order"), (tea, 1)) for _ in range(6)]
    outcomes = race(*buyers, adjusting(tea, -2), adjusting(tea, 1))
    unlucky = lost(outcomes[:6], products.StockShort)
    taken = sum(not isinstance(each, Exception) and each.delta for each in outcomes[6:])
    assert stock(tea) == (5 + taken, 6 - len(unlucky), 5 + taken - 6 + len(unlucky))


# orders


def test_an_order_that_is_placed_twice_at_once_is_placed_once() -> None:
    for _ in range(ROUNDS):
        id = new("order")
        both = [an_order(id=id, customer_id=name) for name in "ab"]
        won = winner(race(*(lambda each=each: orders.orders.save(each) for each in both)), NotWritten)
        assert orders.orders.get(id) == both[won]


def test_what_was_told_of_a_product_last_is_what_is_kept() -> None:
    for _ in range(ROUNDS):
        sku = new("sku")
        told = [a_known_product(sku, version=version, name=f"version {version}") for version in range(1, 5)]
        assert lost(race(*(lambda each=each: orders.keep_product(each) for each in told)), NotWritten) == []
        assert orders.look_up("none", "none", [sku]).products == {sku: told[-1]}
