"""Deploys to the engine as the commands do, and gives what was said."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

from infra.deploy import deployment, destruction
from infra.deploy.aws import Aws
from infra.deploy.deployment import Asked, Pack
from infra.deploy.package import package
from infra.deploy.stages import Stage, deployable

DEV = deployable("dev")
PROTECTED = replace(DEV, protected=True)


def deploy(aws: Aws, asked: Asked, pack: Pack = package) -> list[str]:
    said: list[str] = []
    deployment.carry_out(deployment.prepare(asked, aws, said.append, pack), aws, said.append)
    return said


def foresee(aws: Aws, asked: Asked, pack: Pack = package) -> list[str]:
    said: list[str] = []
    deployment.foresee(deployment.prepare(asked, aws, said.append, pack), aws, said.append)
    return said


def destroy(aws: Aws, name: str, stage: Stage = DEV) -> list[str]:
    said: list[str] = []
    destruction.carry_out(destruction.prepare(stage, name, aws), aws, said.append)
    return said


def outcome(said: list[str], part: str) -> str:
    """What became of the part's stack."""
    [found] = [line for line in said if line.startswith(f"emporium-dev-{part}: ") and "outlived" not in line][-1:]
    return found.partition(": ")[2]


def templates(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder with these templates alone; all have the parameter Stage."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text("Parameters:\n  Stage: {Type: String}\n" + dedent(text), encoding="utf-8")
    return folder
