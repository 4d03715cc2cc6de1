"""A local AWS with a CloudFormation that makes real resources, and every stack of the shop in it."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from infra.apps_in_process import app_folders
from infra.deploy.artifacts import TEMPLATE_BYTES
from infra.deploy.parts import Part, all_parts
from infra.deploy.plan import in_order
from infra.deploy.release import AT_ONCE
from infra.deploy.stages import Stage, load
from infra.local.stacks.reading import read
from tests.deploy.translated import in_stage
from tests.infra.moto.running import client
from tests.infra.stacks.project import TEMPLATES

# What this engine has not, and nothing but this is left out: what moves aliases step by step. Its stages go over all at
# once.
LACKING = {"AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup"}


def production() -> Stage:
    """Production, as far as the engine can have it."""
    return replace(load()["prod"], canary=AT_ONCE)


class Engine:
    """Clients, and stacks that are made and taken away as by CloudFormation itself."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.client = cache(lambda service: client(endpoint, service))

    def deploy_everything(self) -> dict[str, str]:
        """How each stack got on, in the order in which they need each other."""
        self._put_code()
        parts = all_parts(TEMPLATES, app_folders(), production().name)
        return {part.name: self._deploy_part(part) for part in in_order(parts, parts)}

    def _deploy_part(self, part: Part) -> str:
        if not part.app:
            return self.deploy_shared(TEMPLATES / f"{part.name}.yaml")
        template = in_stage(part.name, production())
        return self.deploy(part.name, json.dumps(template), template["Parameters"], production())

    def ids(self, part: str) -> dict[str, str]:
        """What CloudFormation made, by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        stack = f"emporium-{production().name}-{part}"
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack)
            for each in page["StackResourceSummaries"]
        }

    def deploy_shared(self, path: Path, stage: Stage | None = None) -> str:
        return self.deploy(path.stem, path.read_text(), read(path).parameters, stage or production())

    def deploy(self, name: str, body: str, declared: Mapping[str, Any], stage: Stage) -> str:
        cloudformation = self.client("cloudformation")
        given = {each: value for each, value in stage.parameters().items() if each in declared}
        stack = f"emporium-{stage.name}-{name}"
        cloudformation.create_stack(
            StackName=stack,
            **self._sent(body),
            Parameters=[{"ParameterKey": each, "ParameterValue": value} for each, value in given.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        return self._ended(stack, "stack_create_complete")

    def _sent(self, body: str) -> dict[str, str]:
        if len(body.encode()) <= TEMPLATE_BYTES:
            return {"TemplateBody": body}
        bucket = f"emporium-{production().name}"
        self.client("s3").put_object(Bucket=bucket, Key="template.json", Body=body.encode())
        return {"TemplateURL": f"{self.endpoint}/{bucket}/template.json"}

    def destroy(self, stack: str) -> None:
        self.client("cloudformation").delete_stack(StackName=stack)
        self._ended(stack, "stack_delete_complete")

    def _ended(self, stack: str, waiting_for: str) -> str:
        """Its state once it is over, with what failed."""
        cloudformation = self.client("cloudformation")
        waiter = cloudformation.get_waiter(waiting_for)
        waiter.config.delay = 0.1
        try:
            waiter.wait(StackName=stack)
        except WaiterError:
            events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
            return str([each for each in events if "FAILED" in each["ResourceStatus"]])
        return waiting_for

    def _put_code(self) -> None:
        """Nothing of it is run."""
        bucket, zipped = f"emporium-{production().name}", io.BytesIO()
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr("app.py", "")
        self.client("s3").create_bucket(Bucket=bucket)
        for name in ("deployment.zip", "authorizer.zip"):
            self.client("s3").put_object(Bucket=bucket, Key=name, Body=zipped.getvalue())
