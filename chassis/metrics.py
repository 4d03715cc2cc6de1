"""What is counted and timed: log lines of which CloudWatch makes metrics, in its embedded metric format (EMF).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

A metric has the capability and the stage as its dimensions, and nothing more: each other value of a dimension would be
a metric more, and paid for as one. Which request or event it was stands in the same line, as in every line of the log.
"""

from collections.abc import Mapping
from functools import cache

import msgspec

from chassis import clock, log, settings

NAMESPACE = "Emporium"
DIMENSIONS = ("stage", "capability")  # what chassis.invocations has every line tell


def measure(values: Mapping[str, float]) -> None:
    """Tells so many of each, by the metric's name; a name that ends in Seconds is a time.

    Only on Lambda, where CloudWatch reads what is written, unless the setting METRICS says `on` or `off`.
    """
    if values and _are_wanted():
        now = int(clock.now().timestamp() * 1000)
        log.say("measured", _aws={"Timestamp": now, "CloudWatchMetrics": _directives(tuple(values))}, **values)


@cache
def _directives(names: tuple[str, ...]) -> msgspec.Raw:
    metrics = [{"Name": name, "Unit": "Seconds" if name.endswith("Seconds") else "Count"} for name in names]
    directive = {"Namespace": NAMESPACE, "Dimensions": [DIMENSIONS], "Metrics": metrics}
    return msgspec.Raw(msgspec.json.encode([directive]))


def _are_wanted() -> bool:
    return settings.text("METRICS", "on" if settings.text("AWS_LAMBDA_FUNCTION_NAME", "") else "off") == "on"
