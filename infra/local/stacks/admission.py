"""Checks that every queue a topic delivers to lets that topic in: an emulator delivers without, AWS does not.

https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from infra.local.stacks.errors import TemplateError
from infra.local.stacks.steps import Step
from infra.local.stacks.tokens import resources_in

_SOURCE_TESTS = ("ArnEquals", "ArnLike", "StringEquals", "StringLike")


def refuse_deaf_queues(steps: Iterable[Step]) -> None:
    """Raises TemplateError for a subscription whose queue, or dead letter queue, does not admit its topic."""
    steps = list(steps)
    policies = [step for step in steps if step.type == "AWS::SQS::QueuePolicy"]
    for step in steps:
        if step.type == "AWS::SNS::Subscription":
            for name, queue in _targets(step.properties):
                statements = _statements(policies, queue)
                if not any(_admits(each, queue, step.properties["TopicArn"]) for each in statements):
                    where = f"Resources.{step.logical_id}.Properties.{name}"
                    raise TemplateError(step.template, where, f"no policy lets the topic send to {queue}")


def _targets(subscription: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Endpoint", subscription["Endpoint"]
    if dead_letters := subscription.get("RedrivePolicy", {}).get("deadLetterTargetArn"):
        yield "RedrivePolicy", dead_letters


def _statements(policies: Iterable[Step], queue: str) -> list[Mapping[str, Any]]:
    """Those that hang on the queue: a policy names it by its URL, a subscription by its ARN."""
    return [
        statement
        for policy in policies
        if resources_in(queue) & resources_in(policy.properties["Queues"])
        for statement in _listed(policy.properties["PolicyDocument"].get("Statement"))
    ]


def _admits(statement: Mapping[str, Any], queue: str, topic: str) -> bool:
    """Denials are not weighed: those that are in use (no delivery without TLS) do not concern SNS."""
    return (
        statement.get("Effect") == "Allow"
        and _names_sns(statement.get("Principal"))
        and any(fnmatchcase("sqs:sendmessage", action.lower()) for action in _listed(statement.get("Action")))
        and any(fnmatchcase(queue, resource) for resource in _listed(statement.get("Resource")))
        and _lets_in(statement.get("Condition", {}), topic)
    )


def _names_sns(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return "sns.amazonaws.com" in _listed(principal.get("Service")) or "*" in _listed(principal.get("AWS"))
    return bool(principal == "*")


def _lets_in(condition: Mapping[str, Any], topic: str) -> bool:
    """Only a test of the source is understood; any other might keep the topic out."""
    for test, keys in condition.items():
        for key, patterns in keys.items():
            if test not in _SOURCE_TESTS or key.lower() != "aws:sourcearn":
                return False
            if not any(fnmatchcase(topic, pattern) for pattern in _listed(patterns)):
                return False
    return True


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
