"""Carries a plan out, step by step, and learns from each what the next ones wait for."""

from botocore.exceptions import ClientError, ParamValidationError

from infra.local.clients import Clients
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.plan import Plan
from infra.local.stacks.resources import KINDS
from infra.local.stacks.resources.kind import Attributes, Refused
from infra.local.stacks.steps import Step
from infra.local.stacks.tokens import filled


def execute(plan: Plan, clients: Clients) -> dict[str, str]:
    """Makes or changes every resource and gives the exports. Raises TemplateError at the first that fails."""
    made: dict[tuple[str, str], Attributes] = {}

    def attribute(template: str, logical_id: str, name: str) -> str:
        attributes = made[template, logical_id]
        if name not in attributes:
            raise TemplateError(template, f"Resources.{logical_id}", f"has no {name} as it is declared")
        return attributes[name]

    for step in plan.steps:
        made[step.template, step.logical_id] = _ensure(step, filled(step.properties, attribute), clients)
    exports: dict[str, str] = filled(plan.exports, attribute)
    return exports


def _ensure(step: Step, properties: dict[str, object], clients: Clients) -> Attributes:
    try:
        return KINDS[step.type].ensure(clients, properties)
    except (Refused, ClientError, ParamValidationError) as error:
        where = f"Resources.{step.logical_id} ({step.type})"
        raise TemplateError(step.template, where, str(error)) from error
