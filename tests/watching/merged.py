"""The templates that are watched: each capability's as Chalice and its overlay make it, with all that watches it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra.apps_in_process import app_folders
from infra.local.stacks.reading import read
from infra.watching import watched
from tests.deploy.translated import merged
from tests.infra.stacks.project import TEMPLATES
from tests.infra.stacks.project import WATCHING as BUSINESS

CAPABILITIES = tuple(app_folders())
Resources = Mapping[str, Any]

__all__ = ["BUSINESS", "CAPABILITIES", "TEMPLATES", "alarms", "dashboards", "every_alarm", "merged", "resources"]


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
