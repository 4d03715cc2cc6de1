"""What stands in a stage whether anybody comes or not, read from its templates."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.cost.usage import SECONDS
from infra.local.sources.cron import Rate, parse

Resource = Mapping[str, Any]
# Lambda polls a standard queue with five at once. A quiet one it may poll with two, but not where the concurrency of
# the mapping is bounded: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLERS, POLLERS_WHEN_QUIET = 5, 2
DEFAULT_PLAN = (
    "ESSENTIALS"  # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
)


def standing(resources: Iterable[Resource], schedules: Mapping[str, str], metrics: int) -> dict[str, Any]:
    """For infra.cost.counts; `schedules` has the expression of each function that a clock calls."""
    found = list(resources)
    tables, topics = _of(found, "AWS::DynamoDB::Table"), _of(found, "AWS::SNS::Topic")
    [pool] = _of(found, "AWS::Cognito::UserPool")
    return {
        "pollers": sum(_pollers(event) for each in found for event in _events(each)),
        "ticks": {function: _times(expression) for function, expression in schedules.items()},
        "alarms": len(_of(found, "AWS::CloudWatch::Alarm")) + len(_of(found, "AWS::CloudWatch::CompositeAlarm")),
        "dashboards": len(_of(found, "AWS::CloudWatch::Dashboard")),
        "metrics": metrics,
        "distributions": len(_of(found, "AWS::CloudFront::Distribution")),
        "secrets": len(_of(found, "AWS::SecretsManager::Secret")),
        "keyed_tables": any(each.get("SSESpecification", {}).get("SSEType") == "KMS" for each in tables),
        "keyed_topics": any("KmsMasterKeyId" in each for each in topics),
        "plan": pool.get("UserPoolTier", DEFAULT_PLAN).lower(),
    }


def _of(resources: Iterable[Resource], kind: str) -> list[Resource]:
    return [each.get("Properties", {}) for each in resources if each["Type"] == kind]


def _events(resource: Resource) -> Iterator[Resource]:
    yield from resource.get("Properties", {}).get("Events", {}).values()


def _pollers(event: Resource) -> int:
    if event["Type"] != "SQS":
        return 0
    return POLLERS if "MaximumConcurrency" in event["Properties"].get("ScalingConfig", {}) else POLLERS_WHEN_QUIET


def _times(expression: str) -> int:
    """How often a rate comes in a month; nothing here is scheduled by a calendar."""
    schedule = parse(expression)
    if not isinstance(schedule, Rate):
        raise ValueError(f"{expression}: how often that is in a month is not known here")
    return int(SECONDS / schedule.every.total_seconds())
