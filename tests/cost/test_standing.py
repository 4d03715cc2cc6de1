"""What stands in a stage, read from templates."""

import json
from typing import Any

import pytest

from infra.cost.standing import standing

POOL = {"Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}}}
OURS = [{"Name": "stage", "Value": {"Fn::Sub": "${Stage}"}}, {"Name": "capability", "Value": "orders"}]


def a_function(kind: str, **properties: Any) -> dict[str, Any]:
    events = {"Source": {"Type": kind, "Properties": properties}}
    return {"Type": "AWS::Serverless::Function", "Properties": {"Events": events}}


def found(*resources: dict[str, Any], **functions: dict[str, Any]) -> dict[str, Any]:
    return standing([POOL, {str(place): each for place, each in enumerate(resources)}], {"orders": functions})


def test_a_queue_is_polled_by_five_where_its_concurrency_is_bounded_and_by_two_where_not() -> None:
    bounded = a_function("SQS", ScalingConfig={"MaximumConcurrency": 5})
    assert found(Inbox=bounded)["pollers"] == 5
    assert found(Inbox=a_function("SQS"), Other=bounded)["pollers"] == 2 + 5


def test_a_stream_is_polled_for_nothing() -> None:
    assert found(Relay=a_function("DynamoDB"))["pollers"] == 0


def test_a_rate_is_so_many_calls_of_a_function_in_thirty_days() -> None:
    nightly = a_function("Schedule", Schedule="rate(5 minutes)")
    assert found(CountAll=nightly)["ticks"] == {"orders.count_all": 8640}


def test_a_calendar_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="how often that is in a month"):
        found(Tick=a_function("Schedule", Schedule="cron(0 4 * * ? *)"))


def an_alarm(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def a_dashboard(*metrics: list[Any]) -> dict[str, Any]:
    widgets = [{"type": "metric", "properties": {"metrics": metrics}}, {"type": "alarm", "properties": {}}]
    body = {"Fn::Sub": json.dumps({"widgets": widgets})}
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}}


def test_an_alarm_is_billed_for_each_metric_that_it_looks_at() -> None:
    plain = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": []}
    read = [{"Id": name, "MetricStat": {"Metric": plain}} for name in ("a", "b")]
    assert found(an_alarm(**plain))["alarms"] == 1
    assert found(an_alarm(Metrics=[{"Id": "result", "Expression": "a / b"}, *read]))["alarms"] == 2


def test_a_metric_of_our_own_counts_once_however_often_it_is_looked_at() -> None:
    placed = ["Emporium", "OrdersPlaced", "stage", "${Stage}", "capability", "orders"]
    stock = ["Emporium", "OrdersPlaced", "stage", "${Stage}", "capability", "products"]
    errors = ["AWS/Lambda", "Errors", "FunctionName", "${Tick}", {"stat": "Sum"}]
    stuck = an_alarm(Namespace="Emporium", MetricName="OrdersStuck", Dimensions=OURS)
    again = an_alarm(Namespace="Emporium", MetricName="OrdersPlaced", Dimensions=OURS)
    dashboard = a_dashboard([*placed, {"stat": "Sum"}], placed, stock, errors)
    assert found(dashboard, stuck, again)["metrics"] == 3


def test_what_is_paid_for_by_the_month_is_counted() -> None:
    kinds = {"distributions": "CloudFront::Distribution", "secrets": "SecretsManager::Secret", "keys": "KMS::Key"}
    counted = found(a_dashboard(), *({"Type": f"AWS::{kind}"} for kind in kinds.values()))
    assert {name: counted[name] for name in ("dashboards", *kinds)} == dict.fromkeys(("dashboards", *kinds), 1)


def test_a_key_in_kms_and_the_plan_of_the_accounts_are_seen() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"SSESpecification": {"SSEType": "KMS"}}}
    keyed = found(table, {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": "alias/aws/sns"}})
    assert (keyed["keyed_tables"], keyed["keyed_topics"], keyed["plan"]) == (True, True, "essentials")
    lite = {"Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolTier": "LITE"}}}
    plain = standing([lite, {"Topic": {"Type": "AWS::SNS::Topic"}}], {})
    assert (plain["keyed_tables"], plain["keyed_topics"], plain["plan"]) == (False, False, "lite")
