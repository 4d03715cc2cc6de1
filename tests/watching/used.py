"""Every metric that an alarm or a dashboard speaks of: its namespace, its name and its dimensions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.watching.merged import dashboards, every_alarm

# What AWS has of each, by its documents (infra/watching/measures.py names them), with the dimensions that are used.
AWS = {
    "AWS/ApiGateway": {"4XXError", "5XXError", "Count", "IntegrationLatency", "Latency"},
    "AWS/DynamoDB": {
        "ConsumedReadCapacityUnits",
        "ConsumedWriteCapacityUnits",
        "ReadThrottleEvents",
        "WriteThrottleEvents",
    },
    "AWS/Lambda": {
        "AsyncEventAge",
        "AsyncEventsDropped",
        "AsyncEventsReceived",
        "ClaimedAccountConcurrency",
        "ConcurrentExecutions",
        "DeadLetterErrors",
        "DestinationDeliveryFailures",
        "Duration",
        "Errors",
        "Invocations",
        "IteratorAge",
        "Throttles",
        "UnreservedConcurrentExecutions",
    },
    "AWS/SQS": {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfEmptyReceives",
        "NumberOfMessagesDeleted",
        "NumberOfMessagesReceived",
        "NumberOfMessagesSent",
        "SentMessageSize",
    },
}
DIMENSIONS = {
    "AWS/ApiGateway": [{"ApiName", "Stage"}],
    "AWS/DynamoDB": [{"TableName"}],
    "AWS/Lambda": [{"FunctionName"}, {"FunctionName", "Resource"}],
    "AWS/SQS": [{"QueueName"}],
    "Emporium": [{"stage", "capability"}],
}
STATS = {"Sum", "Average", "Maximum", "Minimum", "SampleCount", "p50", "p90", "p99"}


@dataclass(frozen=True)
class Used:
    """`by` says which alarm or dashboard it is."""

    by: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    stat: str


def used() -> list[Used]:
    return [*_by_alarms(), *_by_dashboards()]


def _by_alarms() -> Iterator[Used]:
    for capability, id, properties in every_alarm():
        by = f"{capability} {id}"
        dimensions = {each["Name"]: _text(each["Value"]) for each in properties["Dimensions"]}
        stat = properties.get("Statistic") or properties["ExtendedStatistic"]
        yield Used(by, properties["Namespace"], properties["MetricName"], dimensions, stat)


def _text(value: Any) -> str:
    return str(value["Fn::Sub"] if isinstance(value, dict) else value)


def _by_dashboards() -> Iterator[Used]:
    for name, body in dashboards():
        for widget in body["widgets"]:
            for namespace, metric, *dimensions, shown in widget["properties"].get("metrics", ()):
                pairs = dict(zip(dimensions[::2], dimensions[1::2], strict=True))
                yield Used(f"{name}: {widget['properties']['title']}", namespace, metric, pairs, shown["stat"])
