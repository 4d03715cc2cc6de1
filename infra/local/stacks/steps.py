"""One resource of a plan, and the order of several."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from infra.local.stacks.errors import TemplateError
from infra.local.stacks.tokens import resources_in


@dataclass(frozen=True)
class Step:
    """A resource to be made; in its properties stand marks for what is known only once others are made."""

    template: str
    logical_id: str
    type: str
    properties: dict[str, Any]
    depends_on: frozenset[str] = frozenset()

    @property
    def waits_for(self) -> set[tuple[str, str]]:
        return resources_in(self.properties) | {(self.template, logical_id) for logical_id in self.depends_on}


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Templates after those that they import from, as stacks are deployed; resources after what they name.

    Raises TemplateError for a circle.
    """
    by_template: dict[str, dict[str, Step]] = {}
    for step in steps:
        by_template.setdefault(step.template, {})[step.logical_id] = step
    ordered = []
    for template in _sorted("Templates", {name: _imports(own.values()) for name, own in by_template.items()}):
        own = by_template[template]
        names = {name: {other for home, other in step.waits_for if home == template} for name, step in own.items()}
        ordered += [own[logical_id] for logical_id in _sorted(template, names)]
    return tuple(ordered)


def _imports(steps: Iterable[Step]) -> set[str]:
    return {template for step in steps for template, _ in step.waits_for if template != step.template}


def _sorted(where: str, waits_for: Mapping[str, set[str]]) -> list[str]:
    try:
        return list(TopologicalSorter(waits_for).static_order())
    except CycleError as error:
        raise TemplateError(where, "", f"a circle of names: {' -> '.join(reversed(error.args[1]))}") from error
