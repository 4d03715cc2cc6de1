"""The templates that are watched: each capability's as Chalice and its overlay make it, with all that watches it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from infra.apps_in_process import ROOT, app_folders
from infra.local.stacks.reading import read
from infra.watching import watched

TEMPLATES = ROOT / "infra" / "templates"
BUSINESS = TEMPLATES / "watching.yaml"
CAPABILITIES = tuple(app_folders())
Resources = Mapping[str, Any]


@cache
def merged(capability: str) -> dict[str, Any]:
    """A process for each app, as they are all called `app`."""
    overlay = TEMPLATES / f"{capability}-app.yaml"
    command = [sys.executable, "-m", "tests.infra.stacks.packaging", str(app_folders()[capability]), str(overlay)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(yaml.safe_load(told))


def resources(capability: str) -> Resources:
    found: Resources = watched(merged(capability), capability)["Resources"]
    return found


def alarms(of: Resources) -> dict[str, dict[str, Any]]:
    """The properties of each alarm, by its logical id."""
    return {id: each["Properties"] for id, each in of.items() if each["Type"] == "AWS::CloudWatch::Alarm"}


def every_alarm() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for capability in CAPABILITIES:
        for id, properties in alarms(resources(capability)).items():
            yield capability, id, properties


def dashboards() -> Iterator[tuple[str, dict[str, Any]]]:
    """The body of each dashboard, as Fn::Sub gets it, by the dashboard's name."""
    business = read(BUSINESS).resources["BusinessDashboard"]
    for dashboard in (business, *(resources(capability)["Dashboard"] for capability in CAPABILITIES)):
        properties = dashboard["Properties"]
        yield properties["DashboardName"]["Fn::Sub"], json.loads(properties["DashboardBody"]["Fn::Sub"])
