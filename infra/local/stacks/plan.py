"""Makes the plan: which resources, in which order, with which properties. Nothing is made here.

Whatever can be refused is refused here, before anything stands half made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.stacks import parameters
from infra.local.stacks.admission import refuse_deaf_queues
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.intrinsics import Scope, resolve
from infra.local.stacks.reading import Template, read
from infra.local.stacks.resources import KINDS
from infra.local.stacks.resources.kind import misfits
from infra.local.stacks.scopes import is_wanted, scopes
from infra.local.stacks.steps import Step, in_order

# The policies say what a stack does with a resource that leaves it; nothing is ever deleted here.
_RESOURCE = {
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
}


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    exports: dict[str, str]


def make_plan(paths: Sequence[Path], given: Mapping[str, str]) -> Plan:
    """Raises TemplateError for whatever is not understood, missing, circular, or would not work on AWS."""
    templates = _templates(paths)
    parameters.refuse_strangers(templates, given)
    known, exports = scopes(templates, given)
    steps = in_order(step for template in templates for step in _steps(template, known[template.name]))
    refuse_deaf_queues(steps)
    return Plan(steps, exports)


def _templates(paths: Sequence[Path]) -> list[Template]:
    templates: dict[str, Template] = {}
    for path in paths:
        if path.name in templates:
            raise TemplateError(path.name, "", "two templates have this name")
        templates[path.name] = read(path)
    for template in templates.values():
        if template.globals:
            raise TemplateError(template.name, "Globals", "this section belongs to SAM: only an overlay may have it")
    return list(templates.values())


def _steps(template: Template, scope: Scope) -> Iterator[Step]:
    for logical_id, resource in template.resources.items():
        where = f"Resources.{logical_id}"
        for key in resource.keys() - _RESOURCE:
            raise TemplateError(template.name, f"{where}.{key}", "is not understood")
        if is_wanted(resource, scope, f"{where}.Condition"):
            yield _step(template, logical_id, resource, scope, where)


def _step(template: Template, logical_id: str, resource: Mapping[str, Any], scope: Scope, where: str) -> Step:
    kind = KINDS.get(resource.get("Type", ""))
    if kind is None:
        raise TemplateError(template.name, f"{where}.Type", f"{resource.get('Type')} is not understood")
    properties = resolve(resource.get("Properties", {}), scope, f"{where}.Properties")
    for place, fault in misfits(properties, kind.shape, f"{where}.Properties"):
        raise TemplateError(template.name, place, fault)
    for name in kind.required:
        if name not in properties:
            raise TemplateError(template.name, f"{where}.Properties.{name}", "is missing")
    return Step(template.name, logical_id, resource["Type"], properties, _depends_on(template, resource, where))


def _depends_on(template: Template, resource: Mapping[str, Any], where: str) -> frozenset[str]:
    names = resource.get("DependsOn", [])
    names = [names] if isinstance(names, str) else names
    for name in names:
        if name not in template.resources:
            raise TemplateError(template.name, f"{where}.DependsOn", f"there is no resource {name}")
    return frozenset(names)
