"""What a stage has to tell: the outputs of its stacks, by the part and their name."""

from collections.abc import Mapping

from infra.deploy import stacks
from infra.deploy.aws import Aws
from infra.deploy.errors import Unusable

Outputs = dict[str, dict[str, str]]


def outputs(stage: str, aws: Aws) -> Outputs:
    """Raises Unusable where nothing of the stage is deployed."""
    live = stacks.of_stage(aws.cloudformation, stage)
    if not live:
        raise Unusable(
            f"nothing of {stage} is deployed to {aws.account} in {aws.region}: emporium deploy --stage {stage}"
        )
    return {part: dict(sorted(stack.outputs.items())) for part, stack in sorted(live.items()) if stack.outputs}


def lines(found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """A table for people: the URLs first, for that is what most look for."""
    rows = [(part, name, value) for part, values in found.items() for name, value in values.items()]
    rows.sort(key=lambda row: (not row[2].startswith("https://"), row[0], row[1]))
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return [f"{part:{widths[0]}}  {name:{widths[1]}}  {value}" for part, name, value in rows]
