"""Units of a month, worked out by hand: an order a day is thirty of them."""

import pytest

from infra.cost.counts import Act
from infra.cost.usage import GB, NotMeasured, Running, Traffic, billed_ms, usage
from tests.cost.small import ORDER, counts, standing

A_DAY = Traffic(orders_per_day=1, lines=1)
NOBODY = Traffic(orders_per_day=0, lines=1)
QUICK = Running(memory=1769, cpu_ms=1, wait_ms=10, cold=0, cold_ms=0, traced=False)


def test_what_an_order_takes_is_taken_as_often_as_there_are_orders() -> None:
    units = usage(counts(), A_DAY, QUICK)
    assert units["apigateway.requests"] == 30
    assert units["apigateway.gb_out"] == 30 * 1024 / GB
    assert units["dynamodb.write_units"] == 30 * (4 + 1)
    assert units["dynamodb.read_units"] == 30 * 3
    assert units["sns.publishes"] == 30 * 2
    assert units["sqs.requests"] == 30 * 2
    assert units["lambda.requests"] == 30 * (1 + 2 + 1)


@pytest.mark.parametrize(
    ("traffic", "requests"),
    [
        ({"visits": 10, "lists": 2}, 600),
        ({"visits": 10, "products": 3}, 900),
        ({"looks": 4}, 120),
        ({"sign_ins": 0.5}, 15),
        ({"sign_ups": 0.1}, 3),
    ],
)
def test_what_people_do_beside_ordering_is_taken_as_often_as_the_traffic_says(
    traffic: dict[str, float], requests: float
) -> None:
    asked: Act = {"gateway": {"requests": 1, "bytes_out": 0}}
    beside = ["list products", "look at a product", "look at an order 1", "sign in", "sign up"]
    none = dict.fromkeys(["visits", "lists", "products", "sign_ins", "sign_ups", "looks"], 0.0)
    units = usage(counts(acts=dict.fromkeys(beside, asked)), Traffic(1, lines=1, **(none | traffic)), QUICK)
    assert units["apigateway.requests"] - 30 == requests


def test_an_invocation_takes_its_own_time_and_that_of_its_calls() -> None:
    """1 ms for itself and for each of two calls, and 10 ms until each is answered."""
    assert billed_ms(ORDER["orders.api_handler"], QUICK) == 1 + 2 * (1 + 10)


def test_with_half_the_memory_a_function_works_half_as_fast_and_waits_no_longer() -> None:
    half = Running(memory=885, cpu_ms=1, wait_ms=10, cold=0, cold_ms=0)
    assert billed_ms(ORDER["orders.api_handler"], half) == 26, "3 ms become 5.997, and begun ones are billed"


def test_more_memory_than_a_whole_core_has_makes_nothing_faster() -> None:
    assert billed_ms({"invocations": 2}, Running(memory=3538, cpu_ms=7, cold=0)) == 7


def test_a_start_is_billed_as_often_as_there_is_one_and_so_is_waiting() -> None:
    running = Running(memory=1769, cpu_ms=1, wait_ms=0, cold=0.1, cold_ms=500)
    assert billed_ms({"invocations": 2, "waited_ms": 2000}, running) == 1 + 1000 + 50


def test_time_is_billed_by_memory() -> None:
    """30 requests of 23 ms; 60 invocations of the relay with a call each and 30 of the inbox: 12 ms."""
    assert usage(counts(), A_DAY, QUICK)["lambda.gb_seconds"] == pytest.approx((30 * 0.023 + 90 * 0.012) * 1769 / 1024)


def test_events_that_come_together_take_fewer_invocations_and_no_fewer_writes() -> None:
    units = usage(counts(), Traffic(1, lines=1, batch=10), QUICK)
    assert units["lambda.requests"] == pytest.approx(30 * (1 + 0.3))
    assert units["sns.publishes"] == pytest.approx(6)
    assert units["sqs.requests"] == pytest.approx(6)
    assert units["dynamodb.write_units"] == 150


def test_pollers_ask_three_times_a_minute_whoever_comes() -> None:
    assert usage(counts(standing(pollers=5)), NOBODY, QUICK)["sqs.requests"] == 5 * 3 * 60 * 24 * 30 == 648_000


def test_what_a_clock_calls_is_billed_whoever_comes() -> None:
    units = usage(counts(standing(ticks={"orders.tick": 43_200})), NOBODY, QUICK)
    assert (units["lambda.requests"], units["dynamodb.read_units"]) == (43_200, 86_400)


def test_orders_stay_for_the_months_that_they_are_kept() -> None:
    units = usage(counts(), Traffic(1, lines=1, months_kept=24), QUICK)
    assert units["dynamodb.storage_gb"] == units["dynamodb.backup_gb"] == 30 * 24 * 1024 / GB


def test_logs_are_ours_and_the_lines_of_lambda_and_stay_as_long_as_the_stage_says() -> None:
    units = usage(counts(), A_DAY, Running(log_days=60))
    assert units["cloudwatch.log_gb"] == 30 * (724 + 4 * 300) / GB
    assert units["cloudwatch.log_storage_gb"] == pytest.approx(30 * (724 + 4 * 300) / GB * 2 * 0.15)


def test_who_orders_twice_a_month_is_one_user() -> None:
    units = usage(counts(), Traffic(1, lines=1, orders_per_user=2), QUICK)
    assert units["cognito.lite_users"] == 15
    assert "cognito.essentials_users" not in units


def test_behind_a_cdn_its_bytes_are_billed_and_not_those_of_the_gateway() -> None:
    units = usage(counts(standing(distributions=1)), A_DAY, QUICK)
    assert units["cloudfront.requests"] == units["apigateway.requests"] == 30
    assert units["cloudfront.gb_out"] == 30 * 1024 / GB
    assert "apigateway.gb_out" not in units


def test_keys_are_asked_for_once_in_five_minutes_at_most() -> None:
    keyed = counts(standing(keyed_tables=True, keyed_topics=True))
    few, many = usage(keyed, A_DAY, QUICK), usage(keyed, Traffic(1_000_000, lines=1), QUICK)
    assert few["kms.requests"] == 30 + 30 + 2 * 60, "the door, the inbox, and twice for what the relay publishes"
    assert many["kms.requests"] == (1 + 1 + 2) * 8640
    assert usage(counts(), A_DAY, QUICK)["kms.requests"] == 0


def test_all_is_traced_up_to_one_a_second_and_a_twentieth_beyond() -> None:
    """Of an order a request, two invocations of the relay and one of the inbox; a month has 2,592,000 seconds."""
    traced = Running(traced=True)
    requests = inbox = 2_592_000 + (3_000_000 - 2_592_000) / 20
    relay = 2_592_000 + (6_000_000 - 2_592_000) / 20
    assert usage(counts(), A_DAY, traced)["xray.traces"] == 30 * 4
    assert usage(counts(), Traffic(100_000, lines=1), traced)["xray.traces"] == requests + inbox + relay
    assert usage(counts(), A_DAY, QUICK)["xray.traces"] == 0


def test_an_order_that_was_not_measured_is_not_guessed_at() -> None:
    with pytest.raises(NotMeasured, match="measured with 1, 3, 10, 40, 99 lines, not with 5"):
        usage(counts(), Traffic(1, lines=5), QUICK)
