"""All that is committed in infra/cost/counts.json, measured anew: the acts on the code, the rest from its templates."""

from collections.abc import Callable, Iterator
from typing import Any

from chalice.app import ScheduledEventConfig, ScheduleExpression

from infra.apps_in_process import load_apps
from infra.cost.standing import standing
from infra.local.stacks.reading import read
from tests.cost.journey import counted
from tests.infra.stacks.project import TEMPLATES


def measured(set_env: Callable[[str, str], None]) -> dict[str, Any]:
    """In an empty cloud; the settings of the apps are given to `set_env`."""
    acts = counted(set_env)
    return {"acts": acts, "standing": standing(_resources(), _schedules(), metrics=0)}


def _resources() -> Iterator[dict[str, Any]]:
    for path in sorted(TEMPLATES.glob("*.yaml")):
        yield from read(path).resources.values()


def _schedules() -> dict[str, str]:
    """The expression of each function that a clock calls."""
    return {
        f"{name}.{source.name}": _text(source.schedule_expression)
        for name, module in load_apps().items()
        for source in module.app.event_sources
        if isinstance(source, ScheduledEventConfig)
    }


def _text(expression: str | ScheduleExpression) -> str:
    return expression if isinstance(expression, str) else expression.to_string()
