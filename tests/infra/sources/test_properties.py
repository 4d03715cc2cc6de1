"""Mappings made of the Properties of SAM events."""

from typing import Any

import pytest

from infra.local.sources import QueueMapping, ScheduleMapping, StreamMapping, from_properties
from tests.infra.sources.parts import QUEUE_ARN, STREAM_ARN


def test_a_queue_event_becomes_a_queue_mapping() -> None:
    properties = {
        "Queue": QUEUE_ARN,
        "BatchSize": "25",
        "MaximumBatchingWindowInSeconds": 2,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 5},
        "Enabled": True,
    }
    expected = QueueMapping("inbox", QUEUE_ARN, 25, 2, partial_responses=True, concurrency=5)
    assert from_properties("inbox", properties) == expected


def test_a_stream_event_becomes_a_stream_mapping() -> None:
    properties = {
        "Stream": STREAM_ARN,
        "StartingPosition": "LATEST",
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 1,
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 3,
        "MaximumRecordAgeInSeconds": 60,
        "ParallelizationFactor": 1,
        "DestinationConfig": {"OnFailure": {"Destination": QUEUE_ARN}},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
    }
    expected = StreamMapping(
        "relay",
        STREAM_ARN,
        batch_size=10,
        window_seconds=1,
        starting_position="LATEST",
        partial_responses=True,
        bisect=True,
        max_attempts=3,
        max_age_seconds=60,
        on_failure_arn=QUEUE_ARN,
        patterns=('{"eventName": ["INSERT"]}',),
    )
    assert from_properties("relay", properties) == expected


def test_a_schedule_event_becomes_a_schedule_mapping() -> None:
    said = {"Name": "tick", "Description": "", "State": "ENABLED", "RetryPolicy": {"MaximumRetryAttempts": "1"}}
    properties = {"Schedule": "rate(1 minute)", **said}
    assert from_properties("tick", properties) == ScheduleMapping("tick", "rate(1 minute)")


@pytest.mark.parametrize(
    "properties",
    [
        {"Queue": QUEUE_ARN, "Enabled": False},
        {"Stream": STREAM_ARN, "Enabled": "false"},
        {"Schedule": "rate(1 day)", "State": "DISABLED"},
    ],
)
def test_a_disabled_event_makes_no_mapping(properties: dict[str, Any]) -> None:
    assert from_properties("any", properties) is None


@pytest.mark.parametrize(
    ("properties", "cause"),
    [
        ({}, "an event has one of Queue, Stream, Schedule"),
        ({"Queue": QUEUE_ARN, "Stream": STREAM_ARN}, "an event has one of"),
        ({"Queue": QUEUE_ARN, "FilterCriteria": {}}, "the property FilterCriteria is not run locally"),
        ({"Stream": STREAM_ARN, "TumblingWindowInSeconds": 5}, "TumblingWindowInSeconds is not run locally"),
        ({"Schedule": "rate(1 day)", "Input": "{}"}, "Input is not run locally"),
        ({"Schedule": "rate(1 day)", "RetryPolicy": {"Attempts": 1}}, "RetryPolicy: .*and nothing else"),
        ({"Schedule": "rate(1 day)", "RetryPolicy": {"MaximumRetryAttempts": "x"}}, "'x' is not a whole number"),
        ({"Queue": {"Fn::GetAtt": ["Inbox", "Arn"]}}, "Queue: .* is a reference unresolved"),
        ({"Queue": "things"}, "Queue must be the ARN of an SQS queue, not 'things'"),
        ({"Queue": STREAM_ARN}, "Queue must be the ARN of an SQS queue"),
        ({"Queue": QUEUE_ARN + ".fifo"}, "FIFO"),
        ({"Queue": QUEUE_ARN, "BatchSize": "ten"}, "BatchSize: 'ten' is not a whole number"),
        ({"Queue": QUEUE_ARN, "BatchSize": True}, "BatchSize: True is not a whole number"),
        ({"Queue": QUEUE_ARN, "BatchSize": 0}, "BatchSize must be 1 to 10000, not 0"),
        ({"Queue": QUEUE_ARN, "BatchSize": 11}, "MaximumBatchingWindowInSeconds must be at least 1"),
        ({"Queue": QUEUE_ARN, "MaximumBatchingWindowInSeconds": 301}, "must be 0 to 300, not 301"),
        ({"Queue": QUEUE_ARN, "ScalingConfig": {"MaximumConcurrency": 1}}, "must be 2 to 1000, not 1"),
        ({"Queue": QUEUE_ARN, "ScalingConfig": {"Minimum": 1}}, "must hold MaximumConcurrency"),
        ({"Queue": QUEUE_ARN, "FunctionResponseTypes": ["Report"]}, "FunctionResponseTypes: "),
        ({"Queue": QUEUE_ARN, "Enabled": "no"}, "Enabled: 'no' is not true or false"),
        ({"Stream": QUEUE_ARN}, "Stream must be the ARN of a DynamoDB stream"),
        ({"Stream": STREAM_ARN, "StartingPosition": "AT_TIMESTAMP"}, "StartingPosition must be"),
        ({"Stream": STREAM_ARN, "ParallelizationFactor": 2}, "ParallelizationFactor: only 1 is run locally"),
        ({"Stream": STREAM_ARN, "MaximumRetryAttempts": -2}, "MaximumRetryAttempts must be -1 to 10000"),
        ({"Stream": STREAM_ARN, "MaximumRecordAgeInSeconds": 604_801}, "must be -1 to 604800"),
        (
            {
                "Stream": STREAM_ARN,
                "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::bucket"}},
            },
            "standard SQS queue or SNS topic",
        ),
        ({"Stream": STREAM_ARN, "FilterCriteria": {"Filters": [{"Pattern": "{}"}]}}, "FilterCriteria: "),
        ({"Schedule": "cron(0 10 L * ? *)"}, "Schedule: .*'L'"),
    ],
)
def test_a_wrong_property_is_refused_by_handler_and_name(properties: dict[str, Any], cause: str) -> None:
    with pytest.raises(ValueError, match=f"^relay: .*{cause}"):
        from_properties("relay", properties)
