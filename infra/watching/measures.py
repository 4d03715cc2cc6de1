"""Metrics by their names: those that AWS has of a function, a queue, a table and an API, and those of our own.

Texts may hold what Fn::Sub resolves: ${Stage}, ${AWS::Region}, and a function's logical id for its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

NAMESPACE = "Emporium"  # as chassis.metrics has it, with its dimensions
API_STAGE = "api"  # as .chalice/config.json has it, of every capability


@dataclass(frozen=True)
class Metric:
    """One series: what is measured, of what, and how the points of a period become one (`stat`)."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    stat: str = "Sum"

    def by(self, stat: str) -> "Metric":
        return replace(self, stat=stat)


def of_function(name: str, function: str, alias: str | None = None) -> Metric:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.

    With an alias, of what was called by it: whatever version that was.
    """
    called = {"Resource": f"${{{function}}}:{alias}"} if alias else {}
    return Metric("AWS/Lambda", name, {"FunctionName": f"${{{function}}}", **called})


def of_queue(name: str, capability: str, queue: str) -> Metric:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html."""
    return Metric("AWS/SQS", name, {"QueueName": f"emporium-${{Stage}}-{capability}-{queue}"}, "Maximum")


def of_table(name: str, capability: str) -> Metric:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html."""
    return Metric("AWS/DynamoDB", name, {"TableName": f"emporium-${{Stage}}-{capability}"})


def of_api(name: str, capability: str) -> Metric:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html."""
    return Metric("AWS/ApiGateway", name, {"ApiName": api_name(capability), "Stage": API_STAGE})


def of_ours(name: str, capability: str) -> Metric:
    """What the capability itself counts (chassis.metrics)."""
    return Metric(NAMESPACE, name, {"stage": "${Stage}", "capability": capability})


def api_name(capability: str) -> str:
    """Chalice gives an API the name of its app, in every stage: their metrics would be one."""
    return f"emporium-${{Stage}}-{capability}"
