"""Bills worked out by hand, and how they read."""

import pytest

from infra.cost.bill import SERVICES, WHAT, Bill, Line, bill, table
from infra.cost.prices import BILLED, Price
from infra.cost.usage import Running, Traffic
from tests.cost.small import counts, prices, standing

QUICK = Running(traced=False)


def test_a_bill_is_units_times_prices() -> None:
    """300 orders a month: 1,500 write units and 600 requests of SQS."""
    listed = prices(dynamodb_write_units=Price(2, per=1000), sqs_requests=Price(0.5, per=100))
    reckoned = bill(counts(), Traffic(10, lines=1), QUICK, listed)
    assert {line.name: line.sum for line in reckoned.lines if line.sum} == {
        "dynamodb.write_units": 3,
        "sqs.requests": 3,
    }
    assert (reckoned.total, reckoned.fixed, reckoned.per_order) == (6, 0, 0.02)


def test_what_is_there_without_any_order_is_told_apart() -> None:
    """648,000 receives of five pollers, and 600 requests of 300 orders."""
    listed = prices(sqs_requests=Price(0.4, per=1_000_000), cloudwatch_alarms=Price(0.1))
    reckoned = bill(counts(standing(pollers=5, alarms=20)), Traffic(10, lines=1), QUICK, listed)
    assert reckoned.fixed == pytest.approx(0.2592 + 2)
    assert reckoned.total == pytest.approx(0.25944 + 2)


def test_the_free_tier_is_taken_off_only_where_it_is_asked_for() -> None:
    listed = prices(sqs_requests=Price(1, free=500))
    dear, cheap = (
        bill(counts(), Traffic(10, lines=1), QUICK, listed, free_tier=wanted).total for wanted in (False, True)
    )
    assert (dear, cheap) == (600, 100)


def test_what_is_billed_has_a_name_in_the_table() -> None:
    assert SERVICES.keys() == BILLED.keys()
    assert WHAT.keys() == {what for whats in BILLED.values() for what in whats}


def test_a_bill_reads_as_a_table_and_says_what_all_of_it_is() -> None:
    lines = [
        Line("sqs.requests", 1_422_000, 0.4, 1_000_000, sum=0.5688, fixed=0.5184),
        Line("cognito.lite_users", 20, 0.0055, 1, sum=0.11, fixed=0),
        Line("cognito.plus_users", 0.5, 0.02, 1, sum=0.01, fixed=0),
    ]
    assert [line.rstrip() for line in table(Bill(lines, orders=20))] == [
        "                                                   units           price         USD",
        "SQS         requests                           1,422,000        0.4 / 1M        0.57",
        "Cognito     active users (Lite)                       20          0.0055        0.11",
        "            active users (Plus)                      0.5            0.02        0.01",
        "a month                                                                         0.69",
        "of it without any order (75.3%)                                                 0.52",
        "an order                                                                    0.034440",
    ]
