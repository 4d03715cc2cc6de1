"""The template of a capability's functions as it is deployed, but for the zips, which nobody packs for it here."""

import copy
from functools import cache
from typing import Any

import yaml

from infra.apps_in_process import app_folders
from infra.deploy.package.template import finished
from infra.deploy.stages import Stage, load
from infra.deploy.translate import translate
from tests.infra.stacks.project import TEMPLATES
from tests.infra.stacks.test_templates import packaged

REGION = "us-east-1"


@cache
def merged(capability: str) -> dict[str, Any]:
    """What Chalice writes, with the overlay merged into it."""
    text = packaged(app_folders()[capability], TEMPLATES / f"{capability}-app.yaml")
    return dict(yaml.safe_load(text))


@cache
def _packed(capability: str) -> dict[str, Any]:
    return finished(merged(capability), capability)


def in_stage(capability: str, stage: Stage | str = "prod") -> dict[str, Any]:
    """The plain CloudFormation that is deployed to a stage; whoever asks may change it."""
    return copy.deepcopy(_translated(capability, load()[stage] if isinstance(stage, str) else stage))


@cache
def _translated(capability: str, stage: Stage) -> dict[str, Any]:
    template = copy.deepcopy(_packed(capability))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            code = resource["Properties"]["CodeUri"]
            resource["Properties"]["CodeUri"] = f"s3://emporium-{stage.name}/{code.removeprefix('./')}"
    declared = {name: value for name, value in stage.parameters().items() if name in template["Parameters"]}
    return translate(template, declared, REGION)


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """The properties of each resource of that type, by logical id."""
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == kind}
