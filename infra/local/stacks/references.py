"""Fills in dynamic references: a variable that says {{resolve:secretsmanager:...}} gets the secret's text.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
"""

import re
from dataclasses import replace

from infra.local.clients import Clients
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.overlays import Overlay

_REFERENCE = re.compile(r"\{\{resolve:([^}]*)\}\}")
_WHOLE_SECRET = re.compile(r"secretsmanager:(arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:[^:]+)")


def with_secrets(overlay: Overlay, clients: Clients) -> Overlay:
    """The overlay with every reference filled in; raises TemplateError for one that is not a whole secret's ARN."""

    def filled(variable: str, value: str) -> str:
        return _REFERENCE.sub(lambda met: _text(met[1], variable, clients), value)

    return replace(overlay, environment={name: filled(name, value) for name, value in overlay.environment.items()})


def _text(reference: str, variable: str, clients: Clients) -> str:
    met = _WHOLE_SECRET.fullmatch(reference)
    if not met:
        raise TemplateError("Environment.Variables", variable, f"the reference to {reference} is not understood")
    text: str = clients.secrets.get_secret_value(SecretId=met[1])["SecretString"]
    return text
