"""The mappings of a Chalice app."""

import logging
from typing import Any

import pytest
from chalice.app import Chalice, Rate

from infra.local.sources import QueueMapping, ScheduleMapping, StreamMapping, of_app
from tests.infra.sources.parts import QUEUE_ARN, STREAM_ARN


def an_app() -> Chalice:
    app = Chalice(app_name="things")

    @app.on_sqs_message(queue="things", batch_size=5, maximum_concurrency=4)
    def inbox(event: Any) -> None: ...

    @app.on_dynamodb_record(stream_arn="set by the deployment", batch_size=50, starting_position="TRIM_HORIZON")
    def relay(event: Any) -> None: ...

    @app.schedule(Rate(1, Rate.MINUTES))
    def tick(event: Any) -> None: ...

    return app


def test_each_handler_gets_what_its_decorator_says_and_the_deployment_adds() -> None:
    events: dict[str, dict[str, Any]] = {
        "inbox": {"FunctionResponseTypes": ["ReportBatchItemFailures"]},
        "relay": {"Stream": STREAM_ARN, "BisectBatchOnFunctionError": True},
    }
    assert of_app(an_app(), events) == [
        QueueMapping("inbox", QUEUE_ARN, batch_size=5, partial_responses=True, concurrency=4),
        StreamMapping("relay", STREAM_ARN, batch_size=50, bisect=True),
        ScheduleMapping("tick", "rate(1 minute)"),
    ]


def test_what_the_deployment_says_goes_before_the_decorator() -> None:
    events: dict[str, dict[str, Any]] = {
        "inbox": {"Queue": QUEUE_ARN + "-inbox", "BatchSize": 7, "ScalingConfig": {"MaximumConcurrency": 9}},
        "relay": {"Enabled": False},
        "tick": {"Schedule": "cron(0 * * * ? *)"},
    }
    assert of_app(an_app(), events) == [
        QueueMapping("inbox", QUEUE_ARN + "-inbox", batch_size=7, concurrency=9),
        ScheduleMapping("tick", "cron(0 * * * ? *)"),
    ]


def test_a_stream_that_nobody_named_is_refused_by_its_handler() -> None:
    with pytest.raises(ValueError, match="relay: Stream must be the ARN of a DynamoDB stream"):
        of_app(an_app(), {})


def test_properties_of_a_handler_that_the_app_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="things: no event handler is called outbox"):
        of_app(an_app(), {"relay": {"Stream": STREAM_ARN}, "outbox": {}})


def test_a_source_that_can_not_be_run_is_refused_by_name_unless_disabled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Chalice(app_name="things")

    @app.on_s3_event(bucket="pictures")
    def resize(event: Any) -> None: ...

    with pytest.raises(ValueError, match="resize: S3Event sources are not run locally"):
        of_app(app, {})
    with caplog.at_level(logging.WARNING):
        assert of_app(app, {"resize": {"Enabled": False}}) == []
    assert "resize: disabled" in caplog.text
