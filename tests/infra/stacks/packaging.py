"""Prints the SAM template that `chalice package --merge-template` writes, without building the zip.

Run as `python -m tests.infra.stacks.packaging PROJECT OVERLAY`, a process for each app: each is called `app`.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import (
    BuildStage,
    DeploymentPackager,
    InjectDefaults,
    LambdaEventSourcePolicyInjector,
    PolicyGenerator,
    SwaggerBuilder,
)
from chalice.deploy.packager import LambdaDeploymentPackager
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import (
    AppPackager,
    CompositePostProcessor,
    ResourceBuilder,
    SAMCodeLocationPostProcessor,
    SAMTemplateGenerator,
    TemplateDeepMerger,
    TemplateMergePostProcessor,
    YAMLTemplateSerializer,
)
from chalice.policy import AppPolicyGenerator
from chalice.utils import OSUtils


class EmptyZip(LambdaDeploymentPackager):
    """Stands where Chalice installs the requirements and packs them: the template does not depend on it."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "empty.zip"

    def create_deployment_package(self, project_dir: str, python_version: str) -> str:
        self._path.touch()
        return str(self._path)


def packaged(project: Path, overlay: Path, out: Path) -> str:
    factory, stage = CLIFactory(str(project)), stage_in_aws(project)
    config = factory.create_config_obj(stage)
    app_packager(config, factory.create_package_options(), overlay, out).package_app(config, str(out), stage)
    return (out / "sam.yaml").read_text()


def stage_in_aws(project: Path) -> str:
    stages = json.loads((project / ".chalice" / "config.json").read_text())["stages"]
    return next((stage for stage in stages if stage != "local"), "dev")


def app_packager(config: Any, options: Any, overlay: Path, out: Path) -> AppPackager:
    """As chalice.package.create_app_packager puts it together, but for the zip."""
    osutils, yaml = OSUtils(), YAMLTemplateSerializer()
    steps = [
        InjectDefaults(),
        DeploymentPackager(EmptyZip(out)),
        PolicyGenerator(AppPolicyGenerator(osutils), osutils),
        SwaggerBuilder(CFNSwaggerGenerator()),
        LambdaEventSourcePolicyInjector(),
    ]
    resources = ResourceBuilder(ApplicationGraphBuilder(), DependencyBuilder(), BuildStage(steps))
    merging = TemplateMergePostProcessor(osutils, TemplateDeepMerger(), yaml, str(overlay))
    finishing = CompositePostProcessor([SAMCodeLocationPostProcessor(osutils), merging])
    return AppPackager(SAMTemplateGenerator(config, options), resources, finishing, yaml, osutils)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        print(packaged(Path(sys.argv[1]), Path(sys.argv[2]), Path(directory)))
