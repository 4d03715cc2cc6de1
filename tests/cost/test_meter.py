"""What is done in a function's turn counts for it, and what is done between the turns for nobody."""

from collections.abc import Iterator

import pytest

from chassis import aws, log
from tests.cost.meter import Meter
from tests.shop import open_shop

TABLE = "emporium-test-orders"
ITEM = {"pk": {"S": "order#1"}, "text": {"S": "x" * 1500}}
NEW = {"TableName": TABLE, "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}


@pytest.fixture
def meter(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meter]:
    meter = Meter(open_shop(monkeypatch.setenv).clients)
    aws.use(meter.client)
    yield meter
    aws.use(None)


def test_a_call_counts_for_the_function_whose_turn_it_is(meter: Meter) -> None:
    aws.client("dynamodb").put_item(**NEW)
    with meter.turn("orders.tick"):
        aws.client("dynamodb").get_item(TableName=TABLE, Key={"pk": {"S": "order#1"}}, ConsistentRead=True)
    assert meter.counted == {"orders.tick": {"invocations": 1, "calls": 1, "read_units": 1}}


def test_a_write_whose_condition_fails_is_billed_by_what_is_there(meter: Meter) -> None:
    aws.client("dynamodb").put_item(**NEW)
    client = aws.client("dynamodb")
    with meter.turn("orders.inbox"), pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(**NEW)
    assert meter.counted["orders.inbox"] == {"invocations": 1, "calls": 1, "write_units": 2}


def test_a_line_of_the_log_is_as_long_however_long_something_took(meter: Meter) -> None:
    lengths = []
    for took in (0.1, 1234.5):
        with meter.turn("orders.relay"):
            log.say("told", ms=took)
        lengths.append(meter.counted.pop("orders.relay")["log_bytes"])
    assert lengths[0] == lengths[1] > len('{"message":"told"}')


def test_a_message_is_received_and_deleted_and_a_record_of_a_stream_costs_nothing(meter: Meter) -> None:
    meter.received("orders.inbox", "x" * 70_000)
    meter.received("orders.relay", None)
    assert meter.counted == {"orders.inbox": {"sqs_requests": 2 + 1}}


def test_what_is_kept_is_the_items_with_their_overhead(meter: Meter) -> None:
    before = meter.stored()
    aws.client("dynamodb").put_item(**NEW)
    assert meter.stored() - before == len("pk" + "order#1" + "text") + 1500 + 100
