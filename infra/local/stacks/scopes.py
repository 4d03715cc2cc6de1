"""What the names in each of several templates stand for, and what they export to each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.local.stacks import parameters
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.intrinsics import Scope, Unknown, holds, resolve
from infra.local.stacks.reading import Template
from infra.local.stacks.resources import KINDS
from infra.local.stacks.tokens import token

_OUTPUT = {"Value", "Export", "Description", "Condition"}


@dataclass(frozen=True)
class Output:
    template: str
    where: str
    declaration: Mapping[str, Any]


def scopes(templates: Sequence[Template], given: Mapping[str, str]) -> tuple[dict[str, Scope], dict[str, str]]:
    """A scope for each template, by name, and every export; a resource's attribute is a mark (see tokens)."""
    made: dict[str, Scope] = {}
    owners: dict[str, Output] = {}
    export = _exporter(owners, made)
    for template in templates:
        values = parameters.values(template, given)
        made[template.name] = Scope(template.name, values, template.conditions, _attributes(template, made), export)
    outputs = [output for template in templates for output in _outputs(template, made[template.name])]
    for output in outputs:
        _note_export(output, made[output.template], owners)
    for output in outputs:
        _value(output, made)
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


def _exporter(owners: Mapping[str, Output], made: Mapping[str, Scope]) -> Callable[[str], str]:
    under_way: list[str] = []

    def export(name: str) -> str:
        if name not in owners:
            raise Unknown(f"nothing exports {name}")
        if name in under_way:
            raise Unknown(f"{name} is made of itself: {' -> '.join([*under_way, name])}")
        under_way.append(name)
        value = _value(owners[name], made)
        under_way.pop()
        return value

    return export


def _outputs(template: Template, scope: Scope) -> Iterator[Output]:
    for name, declaration in template.outputs.items():
        where = f"Outputs.{name}"
        for key in declaration.keys() - _OUTPUT:
            raise TemplateError(template.name, f"{where}.{key}", "this property is not understood")
        if "Value" not in declaration:
            raise TemplateError(template.name, f"{where}.Value", "is missing")
        if is_wanted(declaration, scope, f"{where}.Condition"):
            yield Output(template.name, where, declaration)


def _note_export(output: Output, scope: Scope, owners: dict[str, Output]) -> None:
    if "Export" not in output.declaration:
        return
    if "Name" not in output.declaration["Export"]:
        raise TemplateError(output.template, f"{output.where}.Export.Name", "is missing")
    name = resolve(output.declaration["Export"]["Name"], scope, f"{output.where}.Export.Name")
    if name in owners:
        fault = f"{name} is exported by {owners[name].template} already"
        raise TemplateError(output.template, output.where, fault)
    owners[name] = output


def _value(output: Output, made: Mapping[str, Scope]) -> str:
    return str(resolve(output.declaration["Value"], made[output.template], f"{output.where}.Value"))
