"""What connects a handler to its source of events: the settings of an event source mapping, checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.sources import cron, filters

Invoke = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class QueueMapping:
    """An SQS queue; ranges as in https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html"""

    handler: str
    queue_arn: str
    batch_size: int = 10
    window_seconds: float = 0
    partial_responses: bool = False
    concurrency: int = 2

    def __post_init__(self) -> None:
        _within(self.handler, "BatchSize", self.batch_size, 1, 10_000)
        _within(self.handler, "MaximumBatchingWindowInSeconds", self.window_seconds, 0, 300)
        _within(self.handler, "MaximumConcurrency", self.concurrency, 1, 1000)
        _arn(self.handler, "Queue", self.queue_arn, "sqs", "")
        if self.queue_arn.endswith(".fifo"):
            raise ValueError(f"{self.handler}: Queue {self.queue_arn} is a FIFO queue, which is not run locally")
        if self.batch_size > 10 and self.window_seconds < 1:
            raise ValueError(
                f"{self.handler}: BatchSize {self.batch_size} is over 10, "
                "so MaximumBatchingWindowInSeconds must be at least 1"
            )


@dataclass(frozen=True)
class StreamMapping:
    """A DynamoDB stream; ranges as in https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html

    `max_attempts` is Lambda's MaximumRetryAttempts: the tries after the first one; -1 is for ever. `patterns`
    are the JSON texts of the filters: a record that matches none is passed by; no pattern lets all through.
    """

    handler: str
    stream_arn: str
    batch_size: int = 100
    window_seconds: float = 0
    starting_position: str = "TRIM_HORIZON"
    partial_responses: bool = False
    bisect: bool = False
    max_attempts: int = -1
    max_age_seconds: int = -1
    on_failure_arn: str | None = None
    patterns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _within(self.handler, "BatchSize", self.batch_size, 1, 10_000)
        _within(self.handler, "MaximumBatchingWindowInSeconds", self.window_seconds, 0, 300)
        _within(self.handler, "MaximumRetryAttempts", self.max_attempts, -1, 10_000)
        _within(self.handler, "MaximumRecordAgeInSeconds", self.max_age_seconds, -1, 604_800)
        _arn(self.handler, "Stream", self.stream_arn, "dynamodb", "/stream/")
        if self.starting_position not in ("TRIM_HORIZON", "LATEST"):
            wrong = repr(self.starting_position)
            raise ValueError(f"{self.handler}: StartingPosition must be TRIM_HORIZON or LATEST, not {wrong}")
        if self.on_failure_arn is not None:
            _destination(self.handler, self.on_failure_arn)
        for pattern in self.patterns:
            try:
                filters.parse(pattern)
            except ValueError as error:
                raise ValueError(f"{self.handler}: FilterCriteria: {error}") from error


@dataclass(frozen=True)
class ScheduleMapping:
    """A schedule, `rate(1 minute)` or `cron(0 12 * * ? *)`, as EventBridge writes it."""

    handler: str
    expression: str

    def __post_init__(self) -> None:
        try:
            cron.parse(self.expression)
        except ValueError as error:
            raise ValueError(f"{self.handler}: Schedule: {error}") from error


Mapping = QueueMapping | StreamMapping | ScheduleMapping


def _within(handler: str, name: str, value: float, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{handler}: {name} must be {low} to {high}, not {value}")


def _arn(handler: str, name: str, value: object, service: str, part: str) -> None:
    right = isinstance(value, str) and value.startswith("arn:") and value.count(":") >= 5
    if not (right and str(value).split(":")[2] == service and part in str(value)):
        raise ValueError(f"{handler}: {name} must be the ARN of {_THING[service]}, not {value!r}")


def _destination(handler: str, arn: str) -> None:
    if arn.split(":")[2:3] not in (["sqs"], ["sns"]) or arn.endswith(".fifo"):
        raise ValueError(
            f"{handler}: DestinationConfig.OnFailure.Destination must be the ARN of "
            f"a standard SQS queue or SNS topic, not {arn!r}"
        )


_THING = {"sqs": "an SQS queue", "dynamodb": "a DynamoDB stream"}
