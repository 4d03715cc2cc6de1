"""A capability's merged SAM template with what watches it."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from infra.watching.alarms import Alarm, alarms
from infra.watching.dashboard import dashboard
from infra.watching.functions import Function, functions
from infra.watching.measures import api_name


def watched(template: Mapping[str, Any], capability: str) -> dict[str, Any]:
    """Adds the capability's alarms and its dashboard, and gives its API the name that they know it by.

    The alarms speak to the topic of infra/templates/watching.yaml, whose stack has to be there first. Where a function
    goes over to a new version gradually (infra/deploy/release.py), those of what calls it end that if they ring.
    """
    made = copy.deepcopy(dict(template))
    found = functions(template)
    rings = tuple(alarms(capability, found))
    made["Resources"] |= {alarm.id: alarm.resource(capability) for alarm in rings}
    made["Resources"]["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": f"emporium-${{Stage}}-{capability}"},
            "DashboardBody": {"Fn::Sub": dashboard(capability, found, rings)},
        },
    }
    for each in made["Resources"].values():
        if each["Type"] == "AWS::Serverless::Api":
            each["Properties"]["DefinitionBody"]["info"]["title"] = {"Fn::Sub": api_name(capability)}
        if "DeploymentPreference" in each.get("Properties", {}):
            each["Properties"]["DeploymentPreference"]["Alarms"] = _of_releases(found, rings)
    return made


def _of_releases(found: Iterable[Function], rings: Iterable[Alarm]) -> list[dict[str, str]]:
    """The same for all that are called by an alias: a door whose authorizer fails answers nobody."""
    ids = {f"{each.id}{what}Alarm" for each in found if each.alias for what in ("Errors", "Latency")}
    return [{"Ref": each.id} for each in rings if each.id in ids]
