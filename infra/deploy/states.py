"""What the status of a stack lets a deployment do.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from infra.deploy.errors import DeployError


class Begin(Enum):
    """How a deployment of a stack begins."""

    CREATE = "create"
    # Its first creation failed and was rolled back: it holds nothing, and can only be deleted.
    REMAKE = "remake"
    UPDATE = "update"


_NOT_THERE = {None, "DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}  # the last has a change set, and nothing else
_WHOLE = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}
GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "DELETE_COMPLETE"})


def begin(stack: str, status: str | None) -> Begin:
    """Raises DeployError, with what to do, for a stack that can not be deployed as it is."""
    if status in _NOT_THERE:
        return Begin.CREATE
    if status in _WHOLE:
        return Begin.UPDATE
    if status == "ROLLBACK_COMPLETE":
        return Begin.REMAKE
    raise DeployError(f"{stack} is {status}: {_advice(stack, str(status))}")


def is_over(status: str) -> bool:
    """Whether CloudFormation is done with what it was asked for, and takes the next."""
    return not status.endswith("_IN_PROGRESS")


def reasons(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why an operation failed, from its events in the order of time: what failed by itself, not what fell with it."""
    failed = [each for each in events if each.get("ResourceStatus", "").endswith("_FAILED")]
    own = [each for each in failed if "cancelled" not in each.get("ResourceStatusReason", "").lower()]
    return [
        f"{each['LogicalResourceId']} ({each['ResourceType']}): {each.get('ResourceStatusReason') or 'no reason given'}"
        for each in own
    ]


def _advice(stack: str, status: str) -> str:
    if status.endswith("_IN_PROGRESS"):
        return "somebody's deployment is under way; wait until it is over, then deploy again"
    if status == "UPDATE_ROLLBACK_FAILED":
        command = f"aws cloudformation continue-update-rollback --stack-name {stack}"
        return f"its way back failed; mend what its events name, run `{command}`, then deploy again"
    if status == "UPDATE_FAILED":  # somebody told CloudFormation not to take a failed change back
        command = f"aws cloudformation rollback-stack --stack-name {stack}"
        return f"a change of it failed and was left so; take it back by `{command}`, then deploy again"
    look = f"aws cloudformation describe-stack-events --stack-name {stack}"
    return f"see why by `{look}`; then `aws cloudformation delete-stack --stack-name {stack}` and deploy again"
