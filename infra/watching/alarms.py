"""The alarms of a capability: when they ring, what that means, and where in docs/operations.md stands what to do.

Each looks at one metric. Lambda and API Gateway tell 1 of each call that failed and 0 of each that did not, so that the
average is the part that failed; no arithmetic of metrics is needed, of which each would be paid for.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.watching import measures
from infra.watching.functions import Feed, Function
from infra.watching.measures import Metric

# When it is worth waking somebody up.
FAULTS = 5  # of a hundred calls, in two of three minutes: short enough for a canary of five
SLOWEST = 3_000  # ms of one request in a hundred; a sign-in takes one second, on purpose
BEHIND = 60_000  # ms that the relay is behind its table
WAITING = 600  # seconds that a message waits: five deliveries, after which it is set aside, take half as long
HOUR = 3600  # seconds within which each order that waits asks again, however often it did (LONGEST_WAIT in orders)


@dataclass(frozen=True)
class Alarm:
    """Rings where in `points` of so many periods the metric is at `threshold` or above, or below it.

    `what` is the end of its name, and `runbook` a heading of docs/operations.md, as the anchor that it has.
    """

    id: str
    what: str
    means: str
    runbook: str
    metric: Metric
    threshold: float
    points: tuple[int, int] = (1, 1)
    period: int = 60
    below: bool = False
    missing: str = "notBreaching"

    def resource(self, capability: str) -> dict[str, Any]:
        to = [{"Fn::ImportValue": {"Fn::Sub": "emporium-${Stage}-alarm-topic-arn"}}]
        due, periods = self.points
        return {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": {"Fn::Sub": self.name(capability)},
                "AlarmDescription": f"{self.means} docs/operations.md#{self.runbook}",
                "AlarmActions": to,
                "OKActions": to,
                "ComparisonOperator": "LessThanThreshold" if self.below else "GreaterThanOrEqualToThreshold",
                "DatapointsToAlarm": due,
                "EvaluationPeriods": periods,
                "Period": self.period,
                "Threshold": self.threshold,
                "TreatMissingData": self.missing,
                **_series(self.metric),
            },
        }

    def name(self, capability: str) -> str:
        return f"emporium-${{Stage}}-{capability}-{self.what}"


def alarms(capability: str, functions: Sequence[Function]) -> Iterator[Alarm]:
    """Every alarm of a capability that has these functions."""
    for function in functions:
        yield from _BY_FEED[function.fed_by](capability, function)
        yield _throttles(function)
    yield from _OWN.get(capability, ())


def _of_http(capability: str, function: Function) -> Iterator[Alarm]:
    """A fault in a view is an answer to Lambda, and no error: only the API knows that its status was 500."""
    yield Alarm(
        f"{function.id}ErrorsAlarm",
        f"{function.spoken}-errors",
        f"{FAULTS} or more of 100 requests are answered with a fault of ours (5xx).",
        "api-faults",
        measures.of_api("5XXError", capability).by("Average"),
        FAULTS / 100,
        points=(2, 3),
    )
    yield Alarm(
        f"{function.id}LatencyAlarm",
        f"{function.spoken}-latency",
        f"One request in 100 takes {SLOWEST} ms or more.",
        "api-latency",
        measures.of_function("Duration", function.id, function.alias).by("p99"),
        SLOWEST,
        points=(3, 3),
    )


def _of_authorizer(capability: str, function: Function) -> Iterator[Alarm]:
    yield _errors(function)


def _of_queue(capability: str, function: Function) -> Iterator[Alarm]:
    yield _errors(function)
    yield _set_aside(capability, "inbox-dlq", "Events that could not be heard were set aside.")
    yield Alarm(
        "InboxAgeAlarm",
        "inbox-age",
        f"An event has waited {WAITING} s or more in the inbox.",
        "inbox-age",
        measures.of_queue("ApproximateAgeOfOldestMessage", capability, "inbox"),
        WAITING,
        points=(5, 5),
    )


def _of_stream(capability: str, function: Function) -> Iterator[Alarm]:
    yield _errors(function)
    yield _set_aside(capability, "relay-dlq", "Facts that could not be told were set aside.")
    yield Alarm(
        "IteratorAgeAlarm",
        "iterator-age",
        f"What happened is told {BEHIND} ms late or more.",
        "iterator-age",
        measures.of_function("IteratorAge", function.id).by("Maximum"),
        BEHIND,
        points=(5, 5),
    )


def _of_schedule(capability: str, function: Function) -> Iterator[Alarm]:
    yield _errors(function)
    yield Alarm(
        f"{function.id}StoppedAlarm",
        f"{function.spoken}-stopped",
        f"{function.id} was not called for a quarter of an hour, and what is due waits.",
        "schedule-stopped",
        measures.of_function("Invocations", function.id),
        1,
        points=(3, 3),
        period=300,
        below=True,
        missing="breaching",
    )


def _errors(function: Function) -> Alarm:
    return Alarm(
        f"{function.id}ErrorsAlarm",
        f"{function.spoken}-errors",
        f"{FAULTS} or more of 100 calls of {function.id} fail.",
        "function-errors",
        measures.of_function("Errors", function.id, function.alias).by("Average"),
        FAULTS / 100,
        points=(2, 3),
    )


def _set_aside(capability: str, queue: str, means: str) -> Alarm:
    id = "".join(part.title() for part in queue.split("-")).replace("Dlq", "DeadLetters")
    return Alarm(
        f"{id}Alarm",
        queue,
        means,
        queue,
        measures.of_queue("ApproximateNumberOfMessagesVisible", capability, queue),
        1,
    )


def _throttles(function: Function) -> Alarm:
    return Alarm(
        f"{function.id}ThrottlesAlarm",
        f"{function.spoken}-throttles",
        f"Lambda refuses calls of {function.id}: more at once than it, or this account, may have.",
        "throttles",
        measures.of_function("Throttles", function.id),
        1,
        points=(3, 5),
    )


_BY_FEED: Mapping[Feed, Callable[[str, Function], Iterable[Alarm]]] = {
    "authorizer": _of_authorizer,
    "http": _of_http,
    "queue": _of_queue,
    "schedule": _of_schedule,
    "stream": _of_stream,
}


def _series(metric: Metric) -> dict[str, Any]:
    kind = "ExtendedStatistic" if metric.stat.startswith("p") else "Statistic"
    dimensions = [{"Name": name, "Value": _text(value)} for name, value in metric.dimensions.items()]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions, kind: metric.stat}


def _text(value: str) -> Any:
    return {"Fn::Sub": value} if "${" in value else value


# What only one capability knows of itself.
_OWN: Mapping[str, Sequence[Alarm]] = {
    "orders": (
        Alarm(
            "StuckOrdersAlarm",
            "stuck",
            "An order has asked three times or more, and gets no answer.",
            "stuck-orders",
            measures.of_ours("OrdersStuck", "orders"),
            1,
            period=HOUR,
        ),
    )
}
