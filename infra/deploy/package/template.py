"""The template beside the zips: which function runs from which, and the text that is written."""

from collections.abc import Mapping
from typing import Any

import yaml

from infra.deploy.release import released
from infra.watching import watched

AUTHORIZER = "Identify"  # the function that each capability has for its doors


class _Plain(yaml.SafeDumper):
    """Writes what stands twice twice: an alias is one more thing to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def finished(merged: Mapping[str, Any], capability: str) -> dict[str, Any]:
    """What Chalice writes, with the overlay merged into it, as it is deployed: released by aliases, and watched."""
    return pointed(watched(released(merged), capability))


def pointed(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with each function's CodeUri: the authorizer's own zip for the authorizer."""
    return {**template, "Resources": {name: _pointed(name, each) for name, each in template["Resources"].items()}}


def _pointed(name: str, resource: Mapping[str, Any]) -> Mapping[str, Any]:
    if resource["Type"] != "AWS::Serverless::Function":
        return resource
    return {**resource, "Properties": {**resource["Properties"], "CodeUri": f"./{zip_of(name)}"}}


def zip_of(function: str) -> str:
    return "authorizer.zip" if function == AUTHORIZER else "deployment.zip"


def text(template: Mapping[str, Any]) -> str:
    return yaml.dump(dict(template), Dumper=_Plain, sort_keys=True, allow_unicode=True, width=120)
