"""Asks CloudFormation: which stacks a stage has, what they export, and how they got on."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.deploy.states import is_over
from infra.local.stacks.reading import parsed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 3.0
PATIENCE_SECONDS = 60  # of people who see nothing happen
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """A stack that is there, in whatever state."""

    name: str
    id: str
    status: str
    parameters: dict[str, str]
    outputs: dict[str, str]
    exports: dict[str, str]
    tags: dict[str, str]
    protected: bool


def of_stage(cloudformation: "CloudFormationClient", stage: str) -> dict[str, Stack]:
    """The stage's stacks by the name of their part."""
    prefix = f"emporium-{stage}-"
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    found = [_stack(each) for page in pages for each in page["Stacks"] if each["StackName"].startswith(prefix)]
    return {stack.name.removeprefix(prefix): stack for stack in found if stack.status != "DELETE_COMPLETE"}


def find(cloudformation: "CloudFormationClient", name: str) -> Stack | None:
    """By name or id; a deleted one is found by its id alone."""
    try:
        return _stack(cloudformation.describe_stacks(StackName=name)["Stacks"][0])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def events(cloudformation: "CloudFormationClient", stack_id: str, after: str = "") -> list[dict[str, Any]]:
    """What happened to the stack since the event of that id, in the order of time; without one, all that ever did."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    newest_first = (dict(event) for page in pages for event in page["StackEvents"])
    return [*itertools.takewhile(lambda event: event["EventId"] != after, newest_first)][::-1]


def newest_event(cloudformation: "CloudFormationClient", stack_id: str) -> str:
    """The id of the last thing that happened to the stack."""
    newest = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    return newest[0]["EventId"] if newest else ""


def follow(
    cloudformation: "CloudFormationClient", stack_id: str, after: str, say: Say
) -> tuple[str, list[dict[str, Any]]]:
    """Waits until the operation under way is over; gives the stack's status and what happened since that event.

    Each resource that is done, or fails, is said, and now and then that it takes long.
    """
    happened: list[dict[str, Any]] = []
    told = time.monotonic()
    for pause in pauses():
        stack = find(cloudformation, stack_id)
        new = events(cloudformation, stack_id, happened[-1]["EventId"] if happened else after)
        happened += new
        lines = [line for event in new for line in _told(event)]
        if stack and time.monotonic() - told > PATIENCE_SECONDS:  # a distribution of CloudFront takes minutes
            lines.append(f"  still {stack.status.replace('_', ' ').lower()}: {stack.name}")
        for line in lines:
            say(line)
            told = time.monotonic()
        if stack is None or is_over(stack.status):
            return stack.status if stack else "DELETE_COMPLETE", happened
        time.sleep(pause)
    raise AssertionError("the pauses never end")


def pauses() -> Iterator[float]:
    """Seconds until the next question: what is quick is seen soon, and what is slow is not pestered."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)


def importers(cloudformation: "CloudFormationClient", export: str) -> list[str]:
    """The names of the stacks that import what is exported under that name."""
    try:
        pages = cloudformation.get_paginator("list_imports").paginate(ExportName=export)
        return [name for page in pages for name in page["Imports"]]
    except ClientError as error:
        if "is not imported" in str(error):
            return []
        raise


def resources(cloudformation: "CloudFormationClient", stack_id: str) -> list[dict[str, Any]]:
    """What the stack holds, each with its logical and its physical id."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    return [dict(each) for page in pages for each in page["StackResourceSummaries"]]


def as_mapping(template: Any) -> dict[str, Any]:
    """A template as CloudFormation gives it back: boto3 reads JSON, and leaves YAML a text."""
    return dict(parsed(template)) if isinstance(template, str) else dict(template)


def _told(event: dict[str, Any]) -> Iterator[str]:
    status: str = event.get("ResourceStatus", "")
    if not status.endswith("_IN_PROGRESS") and event["ResourceType"] != "AWS::CloudFormation::Stack":
        yield f"  {status.replace('_', ' ').lower()}: {event['LogicalResourceId']} ({event['ResourceType']})"


def _stack(described: Any) -> Stack:
    outputs = described.get("Outputs", [])
    return Stack(
        name=described["StackName"],
        id=described["StackId"],
        status=described["StackStatus"],
        parameters={each["ParameterKey"]: each.get("ParameterValue", "") for each in described.get("Parameters", [])},
        outputs={each["OutputKey"]: each["OutputValue"] for each in outputs},
        exports={each["ExportName"]: each["OutputValue"] for each in outputs if each.get("ExportName")},
        tags={each["Key"]: each["Value"] for each in described.get("Tags", [])},
        protected=bool(described.get("EnableTerminationProtection")),
    )
