"""The functions that a merged SAM template declares, as far as watching them differs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Feed = Literal["http", "queue", "stream", "schedule", "authorizer"]
_FEEDS: Mapping[str, Feed] = {"SQS": "queue", "DynamoDB": "stream", "Schedule": "schedule"}
_API_HANDLER = "APIHandler"  # what Chalice calls the function that serves all routes


@dataclass(frozen=True)
class Function:
    """`id` is its logical id, `fed_by` what calls it, and `alias` that by which it is called, if any."""

    id: str
    fed_by: Feed
    alias: str | None = None

    @property
    def spoken(self) -> str:
        """APIHandler is api-handler."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", self.id).lower()


def functions(template: Mapping[str, Any]) -> tuple[Function, ...]:
    """In the order of their names; raises KeyError for an event source that is none of those that we know."""
    found = sorted(
        (id, each["Properties"])
        for id, each in template["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function"
    )
    return tuple(Function(id, _feed(id, given), given.get("AutoPublishAlias")) for id, given in found)


def _feed(id: str, properties: Mapping[str, Any]) -> Feed:
    for event in properties.get("Events", {}).values():
        return _FEEDS[event["Type"]]
    return "http" if id == _API_HANDLER else "authorizer"
