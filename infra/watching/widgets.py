"""The parts of a dashboard, and how they are laid out in rows of 24 columns.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from infra.watching.measures import Metric

COLUMNS = 24
Widget = dict[str, Any]
Series = Mapping[str, Metric]  # by what a legend calls it


def graph(title: str, series: Series, *, width: int = 8, number: bool = False) -> Widget:
    """Lines over time; with `number`, what they come to in the time that is shown."""
    metrics = [_line(label, metric) for label, metric in series.items()]
    shown = {"view": "singleValue", "setPeriodToTimeRange": True} if number else {"view": "timeSeries", "period": 60}
    properties = {"title": title, "region": "${AWS::Region}", "metrics": metrics, **shown}
    return {"type": "metric", "width": width, "height": 3 if number else 6, "properties": properties}


def states(title: str, names: Iterable[str]) -> Widget:
    """How alarms stand, by their names."""
    arns = [f"arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:{name}" for name in names]
    return {"type": "alarm", "width": COLUMNS, "height": 3, "properties": {"title": title, "alarms": arns}}


def found(title: str, log_groups: Iterable[str], query: str) -> Widget:
    """What a query of Logs Insights finds, each time that it is looked at: what it reads is paid for."""
    sources = " | ".join(f"SOURCE '{each}'" for each in log_groups)
    properties = {"title": title, "region": "${AWS::Region}", "view": "table", "query": f"{sources} | {query}"}
    return {"type": "log", "width": COLUMNS, "height": 6, "properties": properties}


def body(rows: Iterable[Sequence[Widget]]) -> str:
    """The dashboard's JSON, a widget on each line, for Fn::Sub to put the names in."""
    placed, y = [], 0
    for row in rows:
        x = 0
        for widget in row:
            placed.append(json.dumps({"x": x, "y": y, **widget}))
            x += widget["width"]
        y += max(widget["height"] for widget in row)
    return '{"widgets": [\n' + ",\n".join(placed) + "\n]}"


def _line(label: str, metric: Metric) -> list[Any]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [metric.namespace, metric.name, *dimensions, {"label": label, "stat": metric.stat}]
