"""Writes what plain `chalice deploy` needs of a stage into each capability's .chalice folder."""

import json
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from infra.deploy import stacks
from infra.deploy.aws import Aws
from infra.deploy.chalice_config import Configured, Place, configured
from infra.deploy.errors import Unusable
from infra.deploy.parts import all_parts
from infra.deploy.stacks import Say
from infra.deploy.stages import Stage
from infra.local.stacks import parameters
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.reading import document, read


def configure(stage: Stage, projects: Mapping[str, Path], templates: Path, aws: Aws, say: Say) -> None:
    """Of each project, by its capability's name; raises Unusable where the stacks that it needs are not there."""
    live = stacks.of_stage(aws.cloudformation, stage.name)
    exports = {name: value for stack in live.values() for name, value in stack.exports.items()}
    place = Place(aws.account, aws.region, exports, lambda name: _secret(name, aws))
    for name in projects:
        _refuse_lacking(name, projects, stage, templates, exports)
    found = {name: _configured(name, folder, stage, templates, place) for name, folder in projects.items()}
    for name, made in found.items():
        _write(projects[name] / ".chalice", stage.name, made)
        say(f"{projects[name] / '.chalice' / 'config.json'}: the stage {stage.name}, for chalice deploy")
        if name in live:
            say(f"  {live[name].name} runs too: both would read the same queue and stream; destroy one of them")
    say("It holds secrets, and what is of one account alone: do not commit it. To take it back:")
    say("  git checkout functions/*/.chalice && rm -f functions/*/.chalice/policy-*.json")


def _configured(name: str, project: Path, stage: Stage, templates: Path, place: Place) -> Configured:
    path = templates / f"{name}-app.yaml"
    app_name = json.loads((project / ".chalice" / "config.json").read_text(encoding="utf-8"))["app_name"]
    given = stage.parameters()
    try:
        return configured(name, app_name, document(path), parameters.values(read(path), given), place)
    except TemplateError as error:
        raise Unusable(str(error)) from None


def _refuse_lacking(
    name: str, capabilities: Iterable[str], stage: Stage, templates: Path, exports: Collection[str]
) -> None:
    parts = all_parts(templates, capabilities, stage.name)
    lacking = parts[name].imports.difference(exports)
    if owners := sorted(part.name for part in parts.values() if part.exports & lacking):
        first = " && ".join(f"emporium deploy {owner} --stage {stage.name}" for owner in owners)
        raise Unusable(f"{name} needs {', '.join(owners)}, which is not there yet: {first}")


def _write(folder: Path, stage: str, made: Configured) -> None:
    """The policies first: a config that is there names no file that is not."""
    for name, policy in made.policies.items():
        _replace(folder / name, policy)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["stages"][stage] = made.entry
    _replace(folder / "config.json", config)


def _replace(path: Path, content: Mapping[str, Any]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    os.replace(new, path)


def _secret(name: str, aws: Aws) -> str:
    return str(aws.secrets.get_secret_value(SecretId=name)["SecretString"])
