"""Changes one stack by a change set: what would change is known before anything does, and nothing changes for nothing.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from infra.deploy import stacks
from infra.deploy.adoption import adopting, made, orphans
from infra.deploy.artifacts import sent
from infra.deploy.aws import Aws, execution_role
from infra.deploy.errors import DeployError
from infra.deploy.parts import OF_ANOTHER, Part
from infra.deploy.stacks import Say, Stack
from infra.deploy.states import GOOD, Begin, begin, reasons

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType
    from mypy_boto3_cloudformation.type_defs import ResourceToImportTypeDef

_NOTHING = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Wanted:
    """A stack as it is to be."""

    stack: str
    part: Part  # with its template as CloudFormation takes it
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    protected: bool
    bucket: str  # where a template lies that is too long to be sent


@dataclass(frozen=True)
class ChangeSet:
    id: str
    changes: tuple[str, ...]


def bring(wanted: Wanted, aws: Aws, say: Say) -> str:
    """Makes the stack what it is to be; gives "created", "updated" or "unchanged". Raises DeployError with the reasons.

    CloudFormation itself puts everything back when a change fails.
    """
    stack = stacks.find(aws.cloudformation, wanted.stack)
    start = begin(wanted.stack, stack.status if stack else None)
    if start is Begin.REMAKE and stack:
        say(f"{wanted.stack}: its first creation failed, so it holds nothing: it is made anew")
        remove(stack, aws, say)
    kind: ChangeSetTypeType = "UPDATE" if start is Begin.UPDATE else "CREATE"
    if start is not Begin.UPDATE and _take_in(wanted, aws, say):
        kind = "UPDATE"
    change_set = propose(wanted, kind, aws)
    if change_set:
        _carry_out(wanted.stack, change_set, aws, say)
    if wanted.protected and not (stack and stack.protected):
        aws.cloudformation.update_termination_protection(StackName=wanted.stack, EnableTerminationProtection=True)
    if start is not Begin.UPDATE:
        return "created"
    return "updated" if change_set else "unchanged"


def foreseen(wanted: Wanted, aws: Aws) -> list[str]:
    """What `bring` would do, a line for each resource; the change set that tells is deleted again."""
    stack = stacks.find(aws.cloudformation, wanted.stack)
    if begin(wanted.stack, stack.status if stack else None) is not Begin.UPDATE:
        there = {each["LogicalResourceId"] for each in orphans(wanted.part, wanted.parameters, aws)}
        resources = made(wanted.part, wanted.parameters, aws).items()
        return [f"{'Import' if name in there else 'Add'} {name} ({each['Type']})" for name, each in resources]
    change_set = propose(wanted, "UPDATE", aws)
    if not change_set:
        return []
    aws.cloudformation.delete_change_set(ChangeSetName=change_set.id)
    return list(change_set.changes)


def propose(
    wanted: Wanted,
    kind: "ChangeSetTypeType",
    aws: Aws,
    taken: "Sequence[ResourceToImportTypeDef]" = (),
) -> ChangeSet | None:
    """A change set that waits to be carried out; None, and none is left behind, where nothing would change."""
    made = aws.cloudformation.create_change_set(
        StackName=wanted.stack,
        ChangeSetName=f"emporium-{secrets.token_hex(8)}",
        ChangeSetType=kind,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        **execution_role(),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in wanted.parameters.items()],
        **sent(wanted.part.template, wanted.bucket, aws),  # type: ignore[arg-type]
        # An import may change nothing but what it takes in, tags included.
        **({"ResourcesToImport": taken} if taken else {"Tags": _tags(wanted.tags)}),
    )
    status, reason, can_be_carried_out = _settled(made["Id"], aws)
    if status == "CREATE_COMPLETE" and can_be_carried_out:
        return ChangeSet(made["Id"], tuple(_changes(made["Id"], aws)))
    if kind == "UPDATE":
        aws.cloudformation.delete_change_set(ChangeSetName=made["Id"])
        if any(each in reason for each in _NOTHING):
            return None
    else:
        _unmake(made["StackId"], aws)
    raise DeployError(f"{wanted.stack} can not be changed: {reason or status}")


def remove(stack: Stack, aws: Aws, say: Say) -> list[str]:
    """Deletes the stack; gives the names of what was retained. Raises DeployError with the reasons."""
    before = stacks.newest_event(aws.cloudformation, stack.id)
    aws.cloudformation.delete_stack(StackName=stack.id, **execution_role())
    status, happened = stacks.follow(aws.cloudformation, stack.id, before, say)
    if status not in GOOD:
        raise _failure(f"{stack.name} could not be deleted", happened)
    skipped = [
        each
        for each in happened
        if each.get("ResourceStatus") == "DELETE_SKIPPED" and each["ResourceType"] not in OF_ANOTHER
    ]
    return [f"{each.get('PhysicalResourceId', '')} ({each['ResourceType']})" for each in skipped]


def _take_in(wanted: Wanted, aws: Aws, say: Say) -> bool:
    taken = orphans(wanted.part, wanted.parameters, aws)
    if not taken:
        return False
    for each in taken:
        *_, name = each["ResourceIdentifier"].values()
        say(f"{wanted.stack}: {name} outlived its stack: it is taken in again")
    ids = {each["LogicalResourceId"] for each in taken}
    part = replace(wanted.part, template=adopting(wanted.part.template, ids))
    change_set = propose(replace(wanted, part=part), "IMPORT", aws, taken)
    if change_set:
        _carry_out(wanted.stack, change_set, aws, say)
    return True


def _carry_out(name: str, change_set: ChangeSet, aws: Aws, say: Say) -> None:
    stack = stacks.find(aws.cloudformation, name)
    if stack is None:
        raise DeployError(f"{name} is gone: somebody deleted it meanwhile; deploy again")
    before = stacks.newest_event(aws.cloudformation, stack.id)
    aws.cloudformation.execute_change_set(ChangeSetName=change_set.id)
    status, happened = stacks.follow(aws.cloudformation, stack.id, before, say)
    if status not in GOOD:
        raise _failure(f"{name} is {status}", happened)


def _failure(what: str, happened: Sequence[Mapping[str, Any]]) -> DeployError:
    return DeployError("\n".join([f"{what}; what failed first:", *(f"  {each}" for each in reasons(happened)[:5])]))


def _unmake(stack_id: str, aws: Aws) -> None:
    """What was made for a change set alone is no stack yet; one that somebody else makes meanwhile is, and stays."""
    stack = stacks.find(aws.cloudformation, stack_id)
    if stack and stack.status == "REVIEW_IN_PROGRESS":
        aws.cloudformation.delete_stack(StackName=stack_id, **execution_role())


def _settled(change_set: str, aws: Aws) -> tuple[str, str, bool]:
    """Its status, the reason for that, and whether it can be carried out: one that was made need not."""
    for pause in stacks.pauses():
        described = aws.cloudformation.describe_change_set(ChangeSetName=change_set)
        if described["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            able = described.get("ExecutionStatus") != "UNAVAILABLE"
            return described["Status"], described.get("StatusReason", ""), able
        time.sleep(pause)
    raise AssertionError("the pauses never end")


def _changes(change_set: str, aws: Aws) -> list[str]:
    pages = aws.cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=change_set)
    changes = [each["ResourceChange"] for page in pages for each in page.get("Changes", []) if "ResourceChange" in each]
    return [_line(change) for change in changes]


def _line(change: Mapping[str, Any]) -> str:
    line = f"{change['Action']} {change['LogicalResourceId']} ({change['ResourceType']})"
    return f"{line}: it is replaced" if change.get("Replacement") == "True" else line


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
