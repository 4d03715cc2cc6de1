"""The template beside the zips: which function runs from which, and the text that is written."""

import copy
from collections.abc import Mapping
from typing import Any

import yaml

AUTHORIZER = "Identify"  # the function that each capability has for its doors


class _Plain(yaml.SafeDumper):
    """Writes what stands twice twice: an alias is one more thing to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def pointed(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with each function's CodeUri: the authorizer's own zip for the authorizer."""
    made = copy.deepcopy(dict(template))
    for name, resource in made["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"./{zip_of(name)}"
    return made


def zip_of(function: str) -> str:
    return "authorizer.zip" if function == AUTHORIZER else "deployment.zip"


def text(template: Mapping[str, Any]) -> str:
    return yaml.dump(dict(template), Dumper=_Plain, sort_keys=True, allow_unicode=True, width=120)
