"""The doctor finds each fault that is planted, and nothing where nothing is wrong."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from chassis import clock
from infra.apps_in_process import app_folders
from infra.deploy.aws import Aws
from infra.deploy.errors import Unusable
from infra.local.clients import Clients
from infra.operate import findings
from infra.operate.drift import drifted
from infra.operate.findings import Finding
from infra.operate.place import Place, of_clients
from tests.operate import troubles
from tests.shop import Shop

AT_REST = timedelta(hours=2)


@pytest.fixture
def later(shop: Shop, ada: str) -> None:
    """A shop with an order of each end, some time after that."""
    orders = {name: troubles.order(shop, ada) for name in ("confirmed", "cancelled")}
    shop.call("POST", "/products/mug/stock-adjustments", {"delta": -10, "reason": "loss"})
    troubles.order(shop, ada, "mug")
    shop.settle()
    shop.call("POST", f"/orders/{orders['cancelled']}/cancel")
    shop.call("DELETE", "/sessions", by="customer:ada")
    shop.settle()
    _go_on(AT_REST)


def _go_on(span: timedelta) -> None:
    now = clock.now()
    clock.use(lambda: now + span)


def all_findings(place: Place, sample: int = 100) -> list[Finding]:
    found = [each for name in app_folders() for each in findings.set_aside(place, name)]
    return [*found, *findings.stuck(place), *drifted(place, sample)]


def pages(found: list[Finding]) -> list[tuple[str, str]]:
    return sorted((each.capability, each.page) for each in found)


def change(shop: Shop, name: str, key: str, **attributes: Any) -> None:
    put: Any = shop.clients.dynamodb.put_item
    put(TableName=f"emporium-test-{name}", Item=shop.item(name, key) | attributes)


def test_of_a_sound_shop_it_says_nothing(place: Place, later: None) -> None:
    assert all_findings(place) == []


def test_an_erased_customer_is_no_finding_and_one_that_a_backup_brought_back_is(
    shop: Shop, place: Place, later: None
) -> None:
    before = shop.item("customers", "customer#ada")
    assert shop.call("DELETE", "/customers/ada/personal-data", if_match="*").status == 204
    shop.settle()
    _go_on(AT_REST)
    assert all_findings(place) == []
    shop.clients.dynamodb.put_item(TableName="emporium-test-customers", Item=before)
    [found] = all_findings(place)
    assert (found.capability, found.page, "customer#ada" in found.what) == ("orders", "read-model-drift", True)


def test_it_finds_dead_letters_of_each_queue(shop: Shop, place: Place, later: None) -> None:
    for name, box in (("orders", "inbox-dlq"), ("customers", "relay-dlq")):
        shop.clients.sqs.send_message(QueueUrl=troubles.url_of(shop, name, box), MessageBody="a letter")
    assert pages(all_findings(place)) == [("customers", "relay-dlq"), ("orders", "inbox-dlq")]


def test_it_finds_an_order_that_asked_in_vain(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    for _ in range(3):
        _go_on(timedelta(minutes=9))
        shop.tick()
    [found] = findings.stuck(place)
    assert (found.page, order in found.what) == ("stuck-orders", True)


def test_it_finds_orders_that_nobody_reminds_of_asking(shop: Shop, place: Place, ada: str) -> None:
    orders = [troubles.order(shop, ada) for _ in range(5)]
    _go_on(timedelta(minutes=7))
    [found] = findings.stuck(place)
    assert found.page == "schedule-stopped"
    assert found.what.startswith("5 orders ")
    assert found.what.endswith(" and 2 more should have asked again by now")
    assert sum(order in found.what for order in orders) == 3


def test_an_order_that_waits_as_it_should_is_no_finding(shop: Shop, place: Place, ada: str) -> None:
    troubles.order(shop, ada)
    assert list(findings.stuck(place)) == []


def test_it_finds_a_copy_that_is_missing_and_one_that_differs(shop: Shop, place: Place, later: None) -> None:
    shop.clients.dynamodb.delete_item(TableName="emporium-test-orders", Key={"pk": {"S": "product#tea"}})
    change(shop, "orders", "product#mug", status={"S": "archived"})
    change(shop, "orders", "customer#ada", version={"N": "9"})
    shop.clients.dynamodb.delete_item(TableName="emporium-test-products", Key={"pk": {"S": "sign_out#ada"}})
    told = sorted(each.what.partition(";")[0] for each in all_findings(place))
    assert told == [
        "its copy of customer#ada is of version 9, and its owner has only 1",
        "its copy of product#mug has another status",
        "its copy of product#tea is missing",
        "its copy of sign_out#ada is missing",
    ]


def test_it_finds_an_order_and_an_answer_that_do_not_agree(shop: Shop, place: Place, later: None) -> None:
    [order] = [each for each in shop.everything("orders") if each.get("status") == {"S": "confirmed"}]
    change(shop, "products", f"reservation#{order['id']['S']}", status={"S": "refused"})
    [found] = all_findings(place)
    assert found.what == f"order {order['id']['S']} is confirmed, and its reservation is refused"


def test_what_changed_just_now_is_left_alone(shop: Shop, place: Place, ada: str) -> None:
    shop.call("POST", "/products", {"sku": "jam", "name": "Jam", "price": {"amount": 1, "currency": "USD"}})
    assert list(drifted(place, 100)) == []


def test_what_a_customer_changes_of_themselves_is_no_drift(shop: Shop, place: Place, later: None) -> None:
    etag = shop.call("GET", "/customers/ada").headers["ETag"]
    assert shop.call("PATCH", "/customers/ada", {"name": "Ada L."}, if_match=etag).status == 200
    shop.settle()
    _go_on(AT_REST)
    assert list(drifted(place, 100)) == []


def test_no_more_is_compared_than_was_asked_for(shop: Shop, place: Place, later: None) -> None:
    for sku in ("tea", "mug"):
        shop.clients.dynamodb.delete_item(TableName="emporium-test-orders", Key={"pk": {"S": f"product#{sku}"}})
    assert len(list(drifted(place, 1))) == 1


def test_a_stage_that_is_not_there_is_not_called_sound(cloud: None) -> None:
    with pytest.raises(Unusable, match="customers is not at the stage test: emporium deploy customers"):
        of_clients("test", Clients()).having("customers")


ALARM: dict[str, Any] = {
    "AlarmDescription": "An event has waited. docs/operations.md#inbox-age",
    "Namespace": "Shop/Queues",
    "MetricName": "Age",
    "Dimensions": [{"Name": "QueueName", "Value": "emporium-dev-orders-inbox"}],
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "EvaluationPeriods": 5,
    "Period": 60,
    "Threshold": 600,
    "Statistic": "Maximum",
}


@pytest.fixture
def aws(cloud: None) -> Aws:
    made = Aws(boto3.Session(region_name="us-east-1"), "123456789012", "us-east-1")
    made.cloudwatch.put_metric_alarm(AlarmName="emporium-dev-orders-inbox-age", **ALARM)
    made.cloudwatch.put_metric_alarm(AlarmName="emporium-prod-orders-inbox-age", **ALARM)
    return made


def test_it_finds_alarms_that_ring_of_its_own_stage(aws: Aws) -> None:
    for stage in ("dev", "prod"):
        name = f"emporium-{stage}-orders-inbox-age"
        aws.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="five minutes")
    [found] = findings.ringing(aws, "dev")
    assert str(found) == (
        "orders: the alarm emporium-dev-orders-inbox-age rings: five minutes (docs/operations.md#inbox-age)"
    )


def test_a_stage_without_alarms_is_not_called_sound(aws: Aws) -> None:
    [found] = findings.ringing(aws, "staging")
    assert found.what.startswith("staging has no alarms")


@pytest.mark.parametrize(("seconds", "pages"), [(599, []), (600, ["inbox-age"])])
def test_it_finds_a_queue_that_waits_too_long_before_the_alarm_rings(aws: Aws, seconds: int, pages: list[str]) -> None:
    told: Any = [{"MetricName": "Age", "Dimensions": ALARM["Dimensions"], "Value": seconds}]
    aws.cloudwatch.put_metric_data(Namespace=ALARM["Namespace"], MetricData=told)
    found = list(findings.ringing(aws, "dev"))
    assert [each.page for each in found] == pages
