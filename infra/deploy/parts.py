"""The stacks of a stage, each as its template tells: what it exports, imports, keeps and wants to be told."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy.errors import Unusable
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.intrinsics import Scope, Unknown, resolve
from infra.local.stacks.reading import document

OVERLAY, DATA = "-app.yaml", "-data.yaml"
ARTIFACTS = "artifacts"
# Whoever wants it asks for it by name: a key of one's own costs a fee, and its ARN is for the others to be told.
ON_REQUEST = frozenset({"key"})
RETAINED = ("Retain", "RetainExceptOnCreate")
# What is retained by itself, and goes with what it is of: SAM keeps each version as long as its function is there.
OF_ANOTHER = frozenset({"AWS::Lambda::Version"})


@dataclass(frozen=True)
class Part:
    """One stack, `emporium-<stage>-<name>`; a capability's functions are the one of its name."""

    name: str
    template: Mapping[str, Any]
    exports: frozenset[str]
    imports: frozenset[str]
    app: bool = False  # whether it holds functions, whose code lies in the bucket

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        declared: Mapping[str, Mapping[str, Any]] = self.template.get("Parameters") or {}
        return declared

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        declared: Mapping[str, Mapping[str, Any]] = self.template.get("Resources") or {}
        return declared

    @property
    def retained(self) -> list[str]:
        """The logical ids of what outlives the stack."""
        return [name for name, each in self.resources.items() if each.get("DeletionPolicy") in RETAINED]


def stack_name(stage: str, part: str) -> str:
    return f"emporium-{stage}-{part}"


def all_parts(templates: Path, capabilities: Iterable[str], stage: str) -> dict[str, Part]:
    """Every stack that the folder's templates make, by name; of functions as far as their overlay tells of them.

    Raises Unusable for what can not be read.
    """
    files = {path.name: path for path in sorted(templates.glob("*.yaml"))}
    parts = {name.removesuffix(".yaml"): path for name, path in files.items() if not name.endswith(OVERLAY)}
    apps = {name: files[f"{name}{OVERLAY}"] for name in capabilities if f"{name}{OVERLAY}" in files}
    return {name: read_part(name, path, stage) for name, path in parts.items()} | {
        name: read_part(name, path, stage, app=True) for name, path in apps.items()
    }


def read_part(name: str, path: Path, stage: str, *, app: bool = False) -> Part:
    """Raises Unusable for a template that can not be read, or exports what can not be told before it is deployed."""
    try:
        return part(name, document(path), stage, app=app)
    except TemplateError as error:
        raise Unusable(str(error)) from None


def part(name: str, template: Mapping[str, Any], stage: str, *, app: bool = False) -> Part:
    exports = [each["Export"]["Name"] for each in (template.get("Outputs") or {}).values() if "Export" in each]
    scope = naming(name, {"Stage": stage})
    return Part(
        name=name,
        template=template,
        exports=frozenset(resolve(export, scope, "Outputs") for export in exports),
        imports=frozenset(resolve(imported, scope, "Fn::ImportValue") for imported in _imports(template)),
        app=app,
    )


def naming(name: str, known: Mapping[str, str]) -> Scope:
    """The scope in which names are worked out: of parameters, never of what is known only once it is made."""

    def unknown(*asked: str) -> str:
        raise Unknown(f"{'.'.join(asked)} is known only once it is deployed")

    return Scope(name, known, {}, unknown, unknown)


def _imports(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        if "Fn::ImportValue" in value:
            yield value["Fn::ImportValue"]
        for each in value.values():
            yield from _imports(each)
    elif isinstance(value, list):
        for each in value:
            yield from _imports(each)


def given(part: Part, stage: Mapping[str, str], asked: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The stack's parameters: what was asked for now, else the stage's, else what was asked for `before`.

    Raises Unusable for one that has neither a value nor a default, and for a value that the template does not allow.
    """
    values = {name: source[name] for source in (before, stage, asked) for name in source if name in part.parameters}
    for name, rules in part.parameters.items():
        if name not in values and "Default" not in rules:
            raise Unusable(f"the stack {part.name} needs a value for {name}: --parameter {name}=...")
        if name in values and (wanted := _unmet(values[name], rules)):
            said_by = "infra/stages.toml" if name in stage and name not in asked else "--parameter"
            raise Unusable(f"{said_by} {name}={values[name]}: the stack {part.name} wants {wanted}")
    return values


def _unmet(value: str, rules: Mapping[str, Any]) -> str:
    """What the value was to be, and is not: CloudFormation would say so too, but in the middle of a deployment."""
    allowed = [str(each) for each in rules.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"one of {', '.join(allowed)}"
    pattern = rules.get("AllowedPattern")
    return f"what matches {pattern}" if pattern and not re.fullmatch(pattern, value) else ""


def body(template: Mapping[str, Any]) -> str:
    """The template as it is sent: compact, and always the same text for the same template."""
    return json.dumps(template, separators=(",", ":"))
