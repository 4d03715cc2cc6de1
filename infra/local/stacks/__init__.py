"""Applies CloudFormation templates to a local cloud by the plain APIs of each service.

The cloud's own CloudFormation is not used: moto's skips half of what these templates say and reports success.
Here a template is read, worked out into a plan, and carried out; what is not understood is refused by name.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.clients import Clients
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.execution import execute
from infra.local.stacks.overlays import Overlay, overlay
from infra.local.stacks.plan import make_plan
from infra.local.stacks.references import with_secrets

__all__ = ["Exports", "Overlay", "TemplateError", "apply", "overlay", "with_secrets"]

Exports = dict[str, str]


def apply(templates: Sequence[Path], parameters: Mapping[str, str], clients: Clients) -> Exports:
    """Makes what the templates declare, in any order they are given, and gives what they export.

    What is there already is kept, and changed where it differs; what left its template is left alone.
    Raises TemplateError for what is not understood (before anything is made) and for an impossible change.
    """
    return execute(make_plan(templates, parameters), clients)
