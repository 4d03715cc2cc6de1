"""What the names in each of several templates stand for, and what they export to each other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.local.stacks import parameters
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.intrinsics import Scope, Unknown, holds, resolve
from infra.local.stacks.reading import Template
from infra.local.stacks.resources import KINDS
from infra.local.stacks.tokens import token

_OUTPUT = {"Value", "Export", "Description", "Condition"}


def scopes(
    templates: Sequence[Template], given: Mapping[str, str]
) -> tuple[dict[str, Scope], dict[str, str]]:
    """A scope for each template, by its name, and every export; a resource's attribute is a mark (see tokens)."""
    made: dict[str, Scope] = {}
    owners: dict[str, tuple[Template, str]] = {}
    export = _exporter(owners, made)
    for template in templates:
        values = parameters.values(template, given)
        made[template.name] = Scope(
            template.name, values, template.conditions, _attributes(template, made), export
        )
    for template in templates:
        _note_exports(template, made[template.name], owners)
    return made, {name: export(name) for name in owners}


def is_wanted(declaration: Mapping[str, Any], scope: Scope, where: str) -> bool:
    """Whether the condition of a resource or output, if it has one, is true."""
    return "Condition" not in declaration or holds({"Condition": declaration["Condition"]}, scope, where)


def _attributes(template: Template, made: Mapping[str, Scope]) -> Callable[[str, str], str]:
    def attribute(logical_id: str, name: str) -> str:
        resource = template.resources.get(logical_id)
        if resource is None:
            raise Unknown(f"there is neither a parameter nor a resource {logical_id}")
        if not is_wanted(resource, made[template.name], f"Resources.{logical_id}.Condition"):
            raise Unknown(f"{logical_id} is not made: its condition is false")
        kind = KINDS.get(resource.get("Type"))
        if kind and name not in ("Ref", *kind.attributes):
            raise Unknown(f"{logical_id} has no attribute {name} that is understood")
        return token(template.name, logical_id, name)

    return attribute


def _exporter(owners: Mapping[str, tuple[Template, str]], made: Mapping[str, Scope]) -> Callable[[str], str]:
    under_way: list[str] = []

    def export(name: str) -> str:
        if name not in owners:
            raise Unknown(f"nothing exports {name}")
        if name in under_way:
            raise Unknown(f"{name} is made of itself: {' -> '.join([*under_way, name])}")
        template, output = owners[name]
        under_way.append(name)
        value = resolve(template.outputs[output]["Value"], made[template.name], f"Outputs.{output}.Value")
        under_way.pop()
        return str(value)

    return export


def _note_exports(template: Template, scope: Scope, owners: dict[str, tuple[Template, str]]) -> None:
    for output, declaration in template.outputs.items():
        where = f"Outputs.{output}"
        for key in declaration.keys() - _OUTPUT:
            raise TemplateError(template.name, f"{where}.{key}", "this property is not understood")
        if "Value" not in declaration:
            raise TemplateError(template.name, f"{where}.Value", "is missing")
        if "Export" not in declaration or not is_wanted(declaration, scope, f"{where}.Condition"):
            continue
        name = resolve(declaration["Export"].get("Name"), scope, f"{where}.Export.Name")
        if name in owners:
            raise TemplateError(template.name, where, f"{name} is exported by {owners[name][0].name} already")
        owners[name] = (template, output)
