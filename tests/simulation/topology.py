"""What the templates make, read from them: tables with their indexes, inboxes, and who hears what of whom."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.apps_in_process import ROOT, app_folders
from infra.local.stacks.reading import read


@dataclass(frozen=True)
class Part:
    """What one capability keeps; `hears` has, for each teller, the types that get through its filter."""

    name: str
    indexes: dict[str, tuple[str, str]]
    hears: dict[str, frozenset[str]]
    visibility: float
    receives: int
    retention: dict[str, float]  # seconds that a queue keeps a message, by the end of its name
    timeouts: dict[str, float]  # seconds that each function may take


@cache
def parts() -> tuple[Part, ...]:
    """Every capability's."""
    return tuple(_part(name) for name in app_folders())


def _part(name: str) -> Part:
    resources = read(ROOT / "infra" / "templates" / f"{name}-data.yaml").resources
    table = resources["Table"]["Properties"]
    indexes = {each["IndexName"]: _keys(each["KeySchema"]) for each in table.get("GlobalSecondaryIndexes", ())}
    told = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::SNS::Subscription"]
    hears = {_teller(each["TopicArn"]): frozenset(each["FilterPolicy"]["type"]) for each in told}
    inbox = resources.get("Inbox", {}).get("Properties", {})
    receives = inbox.get("RedrivePolicy", {}).get("maxReceiveCount", 0)
    return Part(
        name, indexes, hears, float(inbox.get("VisibilityTimeout", 0)), receives, _retention(resources), _timeouts(name)
    )


def _retention(resources: Any) -> dict[str, float]:
    queues = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::SQS::Queue"]
    return {_role(each["QueueName"]): float(each["MessageRetentionPeriod"]) for each in queues}


def _role(name: Any) -> str:
    """`inbox-dlq` of the name of such a queue, which the template puts together."""
    met = re.search(r"\}-[a-z]+-([a-z-]+)", str(name))
    assert met, name
    return met[1]


def _timeouts(name: str) -> dict[str, float]:
    """By handler; Chalice calls the one for HTTP APIHandler, and the others by their own names."""
    resources = read(ROOT / "infra" / "templates" / f"{name}-app.yaml").resources
    functions = {
        id: each["Properties"] for id, each in resources.items() if each["Type"] == "AWS::Serverless::Function"
    }
    return {id.removesuffix("Handler").lower(): float(each["Timeout"]) for id, each in functions.items()}


def _keys(schema: list[dict[str, str]]) -> tuple[str, str]:
    hash, range = schema
    return hash["AttributeName"], range["AttributeName"]


def _teller(topic: Any) -> str:
    met = re.search(r"-(\w+)-topic-arn", str(topic))
    assert met, topic
    return met[1]
