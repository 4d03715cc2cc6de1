"""Deploys a stage, or a capability of it: packs, plans, looks whether it can be done, and then does it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.deploy import acceptance, artifacts, stacks
from infra.deploy.aws import Aws
from infra.deploy.change_sets import Wanted, bring, foreseen
from infra.deploy.errors import Unusable
from infra.deploy.package import Packed, capabilities, package
from infra.deploy.parts import Part, all_parts, given, read_part, stack_name
from infra.deploy.plan import chosen, in_order, known
from infra.deploy.stacks import Say, Stack
from infra.deploy.stages import Stage
from infra.deploy.states import begin
from infra.deploy.translate import NotTranslated, translate

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "infra" / "templates"
OUT = ROOT / "build" / "deploy"
Pack = Callable[[str, Stage, Path], Packed]


@dataclass(frozen=True)
class Asked:
    """What was asked for: a stage, one part of it or all (""), and what to say differently."""

    stage: Stage
    name: str = ""
    parameters: Mapping[str, str] | None = None
    allow_breaking: bool = False
    templates: Path = TEMPLATES


@dataclass(frozen=True)
class Ready:
    """All that a deployment takes; nothing was changed to have it."""

    wanted: tuple[Wanted, ...]
    packed: Mapping[str, Packed]
    bucket: str


def prepare(asked: Asked, aws: Aws, say: Say, pack: Pack = package) -> Ready:
    """Raises DeployError for whatever would stop the deployment, as far as it can be known before."""
    parts = all_parts(asked.templates, capabilities(), asked.stage.name)
    names = known(asked.name, parts, capabilities()) if asked.name else frozenset[str]()
    live = stacks.of_stage(aws.cloudformation, asked.stage.name)
    exports = {part: frozenset(stack.exports) for part, stack in live.items()}
    packed = {}
    for name in chosen(parts, names, exports):
        if parts[name].app:
            say(f"packing {name}")
            packed[name] = pack(name, asked.stage, OUT / asked.stage.name)
    parts |= {name: read_part(name, each.template, asked.stage.name, app=True) for name, each in packed.items()}
    found = chosen(parts, names, exports)
    for name, reason in found.items():
        if reason:
            say(f"{name} is deployed too: {reason}")
    _refuse_strangers(asked, parts, found)
    bucket = artifacts.bucket_name(asked.stage.name, aws)
    wanted = [_wanted(part, asked, live.get(part.name), packed, bucket, aws) for part in in_order(found, parts)]
    for each in wanted:
        begin(each.stack, live[each.part.name].status if each.part.name in live else None)
    acceptance.refuse_breaking(packed, bucket, aws, allow=asked.allow_breaking, say=say)
    return Ready(tuple(wanted), packed, bucket)


def carry_out(ready: Ready, aws: Aws, say: Say) -> None:
    """Brings every stack, in order; raises DeployError at the first that fails: those after it are left as they are."""
    for wanted in ready.wanted:
        packed = ready.packed.get(wanted.part.name)
        if packed:
            artifacts.upload(packed.folder, packed.zips, ready.bucket, aws)
        say(f"{wanted.stack}: {bring(wanted, aws, say)}")
        if packed:
            acceptance.remember(packed.capability, ready.bucket, aws)


def foresee(ready: Ready, aws: Aws, say: Say) -> None:
    """Says what `carry_out` would do, and does nothing of it."""
    for wanted in ready.wanted:
        changes = foreseen(wanted, aws)
        many = f"{len(changes)} change{'s' if len(changes) > 1 else ''}"
        say(f"{wanted.stack}: {many if changes else 'unchanged'}")
        for change in changes:
            say(f"  {change}")


def _wanted(
    part: Part, asked: Asked, live: Stack | None, packed: Mapping[str, Packed], bucket: str, aws: Aws
) -> Wanted:
    before = _said_before(part, asked.stage, live, aws)
    values = given(part, asked.stage.parameters(), asked.parameters or {}, before)
    template = part.template
    if part.name in packed:
        placed = artifacts.with_code(template, packed[part.name].zips, bucket)
        template = _translated(part.name, placed, values, aws)
    return Wanted(
        stack=stack_name(asked.stage.name, part.name),
        part=replace(part, template=template),
        parameters=values,
        tags={"emporium:stage": asked.stage.name, "emporium:part": part.name},
        protected=asked.stage.protected and bool(part.retained),
        bucket=bucket,
    )


def _translated(name: str, template: Mapping[str, Any], values: Mapping[str, str], aws: Aws) -> dict[str, Any]:
    try:
        return translate(template, values, aws.region)
    except NotTranslated as error:
        raise Unusable(f"the template of {name} is no sound SAM: {error}") from None


def _said_before(part: Part, stage: Stage, live: Stack | None, aws: Aws) -> dict[str, str]:
    """The values that people once gave with --parameter: they stay until others are given, or a key would be lost."""
    names = part.parameters.keys() & (live.parameters.keys() if live else set[str]()) - stage.parameters().keys()
    if not live or not names:
        return {}
    template = aws.cloudformation.get_template(StackName=live.id)["TemplateBody"]
    defaults = {name: rules.get("Default") for name, rules in stacks.as_mapping(template).get("Parameters", {}).items()}
    return {name: live.parameters[name] for name in names if live.parameters[name] != str(defaults.get(name))}


def _refuse_strangers(asked: Asked, parts: Mapping[str, Part], found: Collection[str]) -> None:
    ours = asked.stage.parameters()
    declared = {name for part in parts.values() for name in part.parameters}
    for name in asked.parameters or {}:
        if name in ours:
            raise Unusable(f"--parameter {name}: infra/stages.toml says that, for everybody who deploys the stage")
        if name not in declared:
            others = ", ".join(sorted(declared - ours.keys())) or "none"
            raise Unusable(f"--parameter {name}: no template has such a parameter; there are: {others}")
        takers = [part.name for part in parts.values() if name in part.parameters]
        if not set(found).intersection(takers):
            raise Unusable(f"--parameter {name}: nothing that is deployed here takes it; {', '.join(takers)} would")
