"""What stands in a stage whether anybody comes or not, read from its templates."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.cost.usage import SECONDS
from infra.local.sources.cron import Rate, parse

Resources = Mapping[str, Mapping[str, Any]]  # of a template, by logical id
Properties = Mapping[str, Any]
# Lambda polls a standard queue with five at once. A quiet one it may poll with two, but not where the concurrency of
# the mapping is bounded: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLERS, POLLERS_WHEN_QUIET = 5, 2
DEFAULT_PLAN = (
    "ESSENTIALS"  # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
)


def standing(shared: Iterable[Resources], apps: Mapping[str, Resources]) -> dict[str, Any]:
    """For infra.cost.counts; `apps` are the merged templates of the functions, by capability."""
    templates = [*shared, *apps.values()]
    tables, topics = _of(templates, "AWS::DynamoDB::Table"), _of(templates, "AWS::SNS::Topic")
    [pool] = _of(templates, "AWS::Cognito::UserPool")
    alarms, dashboards = (_of(templates, f"AWS::CloudWatch::{kind}") for kind in ("Alarm", "Dashboard"))
    return {
        "pollers": sum(_pollers(each) for app in apps.values() for _, each in _events(app, "SQS")),
        "ticks": dict(_ticks(apps)),
        "alarms": sum(len(_watched(each)) for each in alarms),
        "dashboards": len(dashboards),
        "metrics": len({metric for metric in _metrics(alarms, dashboards) if not metric[0].startswith("AWS/")}),
        "distributions": len(_of(templates, "AWS::CloudFront::Distribution")),
        "keys": len(_of(templates, "AWS::KMS::Key")),
        "secrets": len(_of(templates, "AWS::SecretsManager::Secret")),
        "keyed_tables": any(each.get("SSESpecification", {}).get("SSEType") == "KMS" for each in tables),
        "keyed_topics": any("KmsMasterKeyId" in each for each in topics),
        "plan": pool.get("UserPoolTier", DEFAULT_PLAN).lower(),
    }


def _of(templates: Iterable[Resources], kind: str) -> list[Properties]:
    found = (each for resources in templates for each in resources.values())
    return [each.get("Properties", {}) for each in found if each["Type"] == kind]


def _events(app: Resources, kind: str) -> Iterator[tuple[str, Properties]]:
    """The event sources of that kind, each with the logical id of its function."""
    for id, resource in app.items():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == kind:
                yield id, event["Properties"]


def _pollers(queue: Properties) -> int:
    return POLLERS if "MaximumConcurrency" in queue.get("ScalingConfig", {}) else POLLERS_WHEN_QUIET


def _ticks(apps: Mapping[str, Resources]) -> Iterator[tuple[str, int]]:
    """How often in a month a clock calls a function, as Python names it; nothing here is scheduled by a calendar."""
    for capability, app in apps.items():
        for id, event in _events(app, "Schedule"):
            schedule = parse(event["Schedule"])
            if not isinstance(schedule, Rate):
                raise ValueError(f"{event['Schedule']}: how often that is in a month is not known here")
            named = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", id).lower()
            yield f"{capability}.{named}", int(SECONDS / schedule.every.total_seconds())


def _watched(alarm: Properties) -> list[Properties]:
    """The metrics that an alarm looks at: it is billed for each."""
    return [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", ()) if "MetricStat" in each] or [alarm]


def _metrics(alarms: Iterable[Properties], dashboards: Iterable[Properties]) -> Iterator[tuple[str, ...]]:
    """Every metric that is looked at: its namespace and name, and its dimensions with their values."""
    for metric in (each for alarm in alarms for each in _watched(alarm)):
        dimensions = [(each["Name"], _text(each["Value"])) for each in metric["Dimensions"]]
        yield metric["Namespace"], metric["MetricName"], *(part for pair in dimensions for part in pair)
    for dashboard in dashboards:
        for widget in json.loads(_text(dashboard["DashboardBody"]))["widgets"]:
            for metric in widget["properties"].get("metrics", ()):
                yield tuple(part for part in metric if isinstance(part, str))


def _text(value: Any) -> str:
    """What stands in Fn::Sub, unresolved: the names of a stage."""
    return str(value["Fn::Sub"] if isinstance(value, dict) else value)
