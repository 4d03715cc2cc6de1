"""A capability's merged SAM template with what watches it."""

import copy
from collections.abc import Mapping
from typing import Any

from infra.watching.alarms import alarms
from infra.watching.dashboard import dashboard
from infra.watching.functions import functions
from infra.watching.measures import api_name


def watched(template: Mapping[str, Any], capability: str) -> dict[str, Any]:
    """Adds the capability's alarms and its dashboard, and gives its API the name that they know it by.

    The alarms speak to the topic of infra/templates/watching.yaml, whose stack has to be there first. Those that a
    release is watched by are APIHandlerErrorsAlarm and APIHandlerLatencyAlarm.
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
    return made
