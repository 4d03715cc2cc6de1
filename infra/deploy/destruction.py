"""Takes a stage, or a capability of it, down: the last made first, and nothing that is retained."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from infra.deploy import acceptance, stacks
from infra.deploy.artifacts import bucket_name
from infra.deploy.aws import Aws
from infra.deploy.change_sets import remove
from infra.deploy.errors import DeployError, Unusable
from infra.deploy.parts import ARTIFACTS, OF_ANOTHER, RETAINED, stack_name
from infra.deploy.stacks import Say, Stack
from infra.deploy.stages import Stage


@dataclass(frozen=True)
class Destruction:
    """The stacks by their part, in the order of their deletion, and what stays, by its part."""

    stacks: Mapping[str, Stack]
    stays: Mapping[str, tuple[str, ...]]
    bucket: str  # of the contracts of what runs


def prepare(stage: Stage, name: str, aws: Aws) -> Destruction:
    """Raises Unusable where there is nothing of that name, DeployError where others need it or work on it."""
    live = {part: each for part, each in stacks.of_stage(aws.cloudformation, stage.name).items() if _is_ours(each)}
    if not live:
        raise Unusable(f"nothing of {stage.name} is deployed to {aws.account} in {aws.region}")
    names = {name, f"{name}-data"} & live.keys() if name else set(live)
    if not names:
        raise Unusable(f"of {stage.name} there is no {name}; there is: {', '.join(sorted(live))}")
    importers = {each: _importers(live[each], live, aws) for each in sorted(live)}
    _refuse_needed(names, importers)
    for each in sorted(names):
        _refuse_busy(live[each])
    order = list(TopologicalSorter({each: sorted(importers[each] & names) for each in sorted(names)}).static_order())
    if ARTIFACTS in order:  # CloudFormation may want older code again, until the last function is gone
        order.remove(ARTIFACTS)
        order.append(ARTIFACTS)
    stays = {part: tuple(_retained(live[part], aws)) for part in order}
    return Destruction({part: live[part] for part in order}, stays, bucket_name(stage.name, aws))


def carry_out(destruction: Destruction, aws: Aws, say: Say) -> None:
    """Deletes the stacks one by one; raises DeployError at the first that can not be: those after it stay."""
    for part, stack in destruction.stacks.items():
        if stack.protected:
            say(f"{stack.name}: its protection from deletion is switched off")
            aws.cloudformation.update_termination_protection(StackName=stack.name, EnableTerminationProtection=False)
        kept = remove(stack, aws, say)
        acceptance.forget(part, destruction.bucket, aws)
        say(f"{stack.name}: deleted")
        for each in kept:
            say(f"  stays: {each}")


def _is_ours(stack: Stack) -> bool:
    """Whether it was deployed here; somebody may have given a stack of their own such a name."""
    return stack.tags.get("emporium:stage") == stack.name.split("-")[1] or stack.status == "REVIEW_IN_PROGRESS"


def _importers(stack: Stack, live: Mapping[str, Stack], aws: Aws) -> set[str]:
    """The parts of the stage that import from the stack."""
    by_stack = {each.name: part for part, each in live.items()}
    found = {name for export in stack.exports for name in stacks.importers(aws.cloudformation, export)}
    return {by_stack.get(name, name) for name in found}


def _refuse_needed(names: set[str], importers: Mapping[str, set[str]]) -> None:
    for name in sorted(names):
        if others := sorted(importers[name] - names):
            raise DeployError(f"{name} can not go: imported by {', '.join(others)}; destroy that first")


def _refuse_busy(stack: Stack) -> None:
    if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
        raise DeployError(f"{stack.name} is {stack.status}: wait until that is over, then destroy again")


def _retained(stack: Stack, aws: Aws) -> list[str]:
    """What outlives the stack, by its name in AWS."""
    if stack.status == "REVIEW_IN_PROGRESS":
        return []
    template = stacks.as_mapping(aws.cloudformation.get_template(StackName=stack.id)["TemplateBody"])
    kept = {name for name, each in template["Resources"].items() if each.get("DeletionPolicy") in RETAINED}
    return [
        f"{each['PhysicalResourceId']} ({each['ResourceType']})"
        for each in stacks.resources(aws.cloudformation, stack.id)
        if each["LogicalResourceId"] in kept
        and each["ResourceType"] not in OF_ANOTHER
        and each.get("PhysicalResourceId")
    ]


def exact_name(stage: Stage, part: str) -> str:
    """What has to be typed for this to be destroyed."""
    return stack_name(stage.name, part) if part else stage.name
