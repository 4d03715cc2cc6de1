"""What is to be deployed is held against what runs, its own last version and all others, before it is deployed."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from infra.deploy.contracts import BundleNotRead, breaks, bundle

NAMES = ("customers", "orders", "products")
PLACED, RESERVED = "emporium.orders.OrderPlaced.v1", "emporium.products.StockReserved.v1"
Bundle = dict[str, Any]
made = cache(bundle)


def changed(capability: str, change: Callable[[Bundle], None]) -> bytes:
    read = json.loads(made(capability))
    change(read)
    return json.dumps(read).encode()


def tell_no_customer(orders: Bundle) -> None:
    order = orders["tells"][PLACED]["$defs"]["OrderPlaced"]
    del order["properties"]["customer_id"]
    order["required"].remove("customer_id")


def tell_quantities_as_text(orders: Bundle) -> None:
    orders["tells"][PLACED]["$defs"]["Line"]["properties"]["quantity"] = {"type": "string"}


def tell_nothing_of_a_placed_order(orders: Bundle) -> None:
    del orders["tells"][PLACED]


def hear_nothing_of_stock(orders: Bundle) -> None:
    del orders["hears"][RESERVED]


def read_a_field_that_nobody_tells(orders: Bundle) -> None:
    answered = orders["hears"][RESERVED]["$defs"]["StockAnswered"]
    answered["properties"]["warehouse"] = {"type": "string"}
    answered["required"].append("warehouse")


def hear_something_new(orders: Bundle) -> None:
    orders["hears"]["emporium.products.StockCounted.v1"] = orders["hears"][RESERVED]


def offer_no_cancelling(orders: Bundle) -> None:
    del orders["answers"]["paths"]["/orders/{order_id}/cancel"]


def the_kept_order(orders: Bundle) -> Any:
    return orders["keeps"]["order"]["$defs"]["Order"]


def keep_one_field_more_that_must_be_there(orders: Bundle) -> None:
    the_kept_order(orders)["properties"]["channel"] = {"type": "string"}
    the_kept_order(orders)["required"].append("channel")


def keep_one_field_more_that_may_be_there(orders: Bundle) -> None:
    the_kept_order(orders)["properties"]["channel"] = {"type": "string"}


def keep_a_status_that_is_new(orders: Bundle) -> None:
    the_kept_order(orders)["properties"]["status"]["enum"].append("shipped")


def keep_a_field_under_another_name(orders: Bundle) -> None:
    kept = the_kept_order(orders)["properties"]
    kept["lacking"] = kept.pop("shortages")


def refuse_without_a_title(orders: Bundle) -> None:
    problem = orders["answers"]["components"]["schemas"]["Problem"]
    del problem["properties"]["title"]
    problem["required"].remove("title")


def keep_no_allowances(orders: Bundle) -> None:
    del orders["keeps"]["allowance"]


def test_nothing_of_the_shop_breaks_any_of_it() -> None:
    assert {(one, other): breaks(made(one), made(other)) for one in NAMES for other in NAMES} == {
        (one, other): [] for one in NAMES for other in NAMES
    }


def test_a_bundle_is_the_same_bytes_each_time_and_names_all_that_others_may_count_on() -> None:
    assert bundle("orders") == bundle("orders")
    read = json.loads(bundle("orders"))
    assert PLACED in read["tells"]
    assert RESERVED in read["hears"]
    assert "/orders" in read["answers"]["paths"]
    assert read["keeps"].keys() == {"order", "allowance"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            tell_no_customer,
            "orders would tell orders.OrderPlaced.v1 otherwise: data.customer_id was removed."
            " Whoever hears it may count on that.",
        ),
        (
            tell_nothing_of_a_placed_order,
            "orders would no longer tell orders.OrderPlaced.v1: whoever hears it waits in vain.",
        ),
        (
            hear_nothing_of_stock,
            "orders would no longer hear products.StockReserved.v1: those that wait in its queue would be lost.",
        ),
        (
            offer_no_cancelling,
            "orders: POST /orders/{order_id}/cancel is offered no more. Clients count on that.",
        ),
        (
            keep_one_field_more_that_must_be_there,
            "orders could not read its own items order that are in its table: channel is needed and is missing.",
        ),
        (
            keep_a_status_that_is_new,
            "What runs of orders could not read an item order of the new version:"
            " status has the value 'shipped', which is not known.",
        ),
        (keep_a_field_under_another_name, "orders would lose shortages of its items order, which what runs keeps."),
        (
            refuse_without_a_title,
            "orders: a refusal would be told otherwise: title was removed. Clients count on that.",
        ),
        (keep_no_allowances, "orders would no longer know its items allowance, which are in its table."),
    ],
)
def test_what_breaks_those_who_count_on_the_last_version_is_told(change: Callable[[Bundle], None], told: str) -> None:
    assert told in breaks(made("orders"), changed("orders", change))


@pytest.mark.parametrize("change", [keep_one_field_more_that_may_be_there, hear_something_new])
def test_what_both_versions_can_live_with_breaks_nothing(change: Callable[[Bundle], None]) -> None:
    assert breaks(made("orders"), changed("orders", change)) == []


def test_an_event_that_what_runs_could_not_read_breaks_its_hearer_by_name() -> None:
    assert breaks(made("products"), changed("orders", tell_quantities_as_text)) == [
        "products could not read orders.OrderPlaced.v1, as orders tells it:"
        " data.lines[].quantity is of type string and is taken as integer."
    ]


def test_a_field_that_no_hearer_reads_breaks_no_hearer() -> None:
    assert breaks(made("products"), changed("orders", tell_no_customer)) == []


def test_a_hearer_that_reads_what_the_running_teller_does_not_tell_breaks_on_what_waits_in_its_queue() -> None:
    assert breaks(made("products"), changed("orders", read_a_field_that_nobody_tells)) == [
        "orders could not read products.StockReserved.v1, as products tells it:"
        " data.warehouse is needed and is missing."
    ]


def test_a_hearer_may_be_there_before_the_teller_tells() -> None:
    assert breaks(made("products"), changed("orders", hear_something_new)) == []


@pytest.mark.parametrize("stored", [b"", b"[]", b"{}", b"\xff"])
def test_what_is_no_bundle_is_refused(stored: bytes) -> None:
    with pytest.raises(BundleNotRead, match="no bundle"):
        breaks(stored, made("orders"))


def test_a_bundle_of_another_format_is_refused_with_both() -> None:
    with pytest.raises(BundleNotRead, match="in format 0, and format 1"):
        breaks(changed("orders", lambda read: read.update(format=0)), made("orders"))
