"""What stands in a stage, read from templates."""

from typing import Any

import pytest

from infra.cost.standing import standing

POOL = {"Type": "AWS::Cognito::UserPool", "Properties": {}}


def a_queue(**scaling: int) -> dict[str, Any]:
    event = {"Type": "SQS", "Properties": {"ScalingConfig": scaling} if scaling else {}}
    return {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Inbox": event}}}


def test_a_queue_is_polled_by_five_where_its_concurrency_is_bounded_and_by_two_where_not() -> None:
    assert standing([POOL, a_queue(MaximumConcurrency=5)], {}, 0)["pollers"] == 5
    assert standing([POOL, a_queue()], {}, 0)["pollers"] == 2


def test_a_stream_is_polled_for_nothing() -> None:
    stream = {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Relay": {"Type": "DynamoDB"}}}}
    assert standing([POOL, stream], {}, 0)["pollers"] == 0


def test_what_is_paid_for_by_the_month_is_counted() -> None:
    kinds = ["CloudWatch::Alarm", "CloudWatch::Alarm", "CloudWatch::CompositeAlarm", "CloudWatch::Dashboard"]
    kinds += ["CloudFront::Distribution", "SecretsManager::Secret"]
    found = standing([POOL, *({"Type": f"AWS::{kind}"} for kind in kinds)], {}, 7)
    counted = {name: found[name] for name in ("alarms", "dashboards", "distributions", "secrets", "metrics")}
    assert counted == {"alarms": 3, "dashboards": 1, "distributions": 1, "secrets": 1, "metrics": 7}


def test_a_rate_is_so_many_calls_in_thirty_days() -> None:
    assert standing([POOL], {"orders.tick": "rate(5 minutes)"}, 0)["ticks"] == {"orders.tick": 8640}


def test_a_calendar_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="how often that is in a month"):
        standing([POOL], {"orders.tick": "cron(0 4 * * ? *)"}, 0)


def test_a_key_in_kms_and_the_plan_of_the_accounts_are_seen() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"SSESpecification": {"SSEType": "KMS"}}}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": "alias/aws/sns"}}
    keyed = standing([POOL, table, topic], {}, 0)
    assert (keyed["keyed_tables"], keyed["keyed_topics"], keyed["plan"]) == (True, True, "essentials")
    lite = {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolTier": "LITE"}}
    plain = standing([lite, {"Type": "AWS::SNS::Topic"}], {}, 0)
    assert (plain["keyed_tables"], plain["keyed_topics"], plain["plan"]) == (False, False, "lite")
