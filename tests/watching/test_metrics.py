"""What alarms and dashboards speak of is there: AWS has it, or the shop counts it. A slip of the pen fails here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis import aws, clock, invocations, metrics
from infra.local.stacks.reading import read
from infra.watching import measures
from tests.gateway import lasting_shop
from tests.lines import lines, measured
from tests.shop import CONTEXT, Shop
from tests.watching.merged import CAPABILITIES, TEMPLATES, resources
from tests.watching.used import AWS, DIMENSIONS, STATS, used

COUNTED_BY_ANY = {"BatchesDelayed", "ColdStarts", "FactsParked", "MessagesFailed", "MessagesRetried"}


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop, pytest.MonkeyPatch.context() as patch:
        patch.setenv("METRICS", "on")
        patch.setattr(invocations, "_cold", True)
        yield shop
    aws.use(None)
    clock.use(None)


def place(shop: Shop, quantity: int) -> str:
    body = {"customer_id": "ada", "lines": [{"sku": "tea", "quantity": quantity}]}
    return str(shop.call("POST", "/orders", body).body["id"])


def live(shop: Shop) -> None:
    """All that is ever counted, once."""
    price = {"amount": 349, "currency": "USD"}
    assert shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": price}).status == 201
    assert shop.call("POST", "/products/tea/stock-adjustments", {"delta": 10, "reason": "delivery"}).status == 201
    shop.customer("ada")
    shop.settle()
    confirmed = place(shop, 1)
    place(shop, 11)
    shop.settle()
    assert shop.call("POST", f"/orders/{confirmed}/cancel").status == 200
    clock.use(lambda: datetime.now(UTC) + timedelta(minutes=2))
    shop.tick()
    bad = {"messageId": "1", "body": "{", "attributes": {"ApproximateReceiveCount": "2"}}
    with pytest.raises(Exception, match="messages 1"):
        shop.apps["orders"].inbox({"Records": [bad]}, CONTEXT)
    tell_badly(shop)


def tell_badly(shop: Shop) -> None:
    """One fact that nobody knows, and one that the topic does not take for now."""

    class Topic:
        def publish_batch(self, **_: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    told = {"L": [{"M": {"fact": {"S": "Unheard"}, "trace": {"S": ""}}}]}
    image = {"pk": {"S": "order#1"}, "version": {"N": "1"}, "changed_at": {"S": ""}, "outbox": told}
    shop.apps["orders"].relay({"Records": [{"dynamodb": {"SequenceNumber": "1", "NewImage": image}}]}, CONTEXT)
    aws.use(lambda service: Topic())
    with pytest.raises(Exception, match="from record"):
        shop.apps["orders"].relay({"Records": shop.records("orders")}, CONTEXT)


def test_each_metric_of_ours_that_is_watched_is_counted_and_each_that_is_counted_is_watched(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    live(shop)
    told = lines(capsys.readouterr().out)
    ours = [each for each in used() if each.namespace == metrics.NAMESPACE]
    assert {name for name, _ in measured(told)} == {each.name for each in ours}
    counted = {(name, str(line["capability"])) for line in told for name, _ in measured([line])}
    watched = {(each.name, each.dimensions["capability"]) for each in ours}
    assert {each for each in counted ^ watched if each[0] not in COUNTED_BY_ANY} == set()


def test_our_metrics_are_looked_for_where_they_are_told() -> None:
    assert metrics.NAMESPACE == measures.NAMESPACE
    assert set(measures.of_ours("x", "y").dimensions) == set(metrics.DIMENSIONS)


def test_a_metric_of_aws_is_one_that_it_has_with_the_dimensions_that_it_has() -> None:
    assert {each.namespace for each in used()} == {metrics.NAMESPACE, *AWS}
    for each in used():
        assert each.namespace == metrics.NAMESPACE or each.name in AWS[each.namespace], each
        assert set(each.dimensions) in DIMENSIONS[each.namespace], each
        assert each.stat in STATS, each


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_what_is_measured_is_declared(capability: str) -> None:
    """Queues and tables by their names, functions by their logical ids."""
    data = read(TEMPLATES / f"{capability}-data.yaml").resources.values()
    named = {
        properties[key]["Fn::Sub"]
        for properties in (each.get("Properties", {}) for each in data)
        for key in ("QueueName", "TableName")
        if key in properties
    }
    functions = {f"${{{id}}}" for id, each in resources(capability).items() if each["Type"].endswith("::Function")}
    mine = [each for each in used() if each.by.startswith((f"{capability} ", f"emporium-${{Stage}}-{capability}:"))]
    assert mine
    for each in mine:
        for dimension, known in (("QueueName", named), ("TableName", named), ("FunctionName", functions)):
            assert each.dimensions.get(dimension) in {None, *known}, each
