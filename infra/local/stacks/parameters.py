"""The parameters of a template, checked as CloudFormation checks them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from infra.local.stacks.errors import TemplateError
from infra.local.stacks.reading import Template

_RULES = {"Type", "Default", "AllowedValues", "AllowedPattern", "Description", "ConstraintDescription"}


def values(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Raises TemplateError for a parameter that is missing or whose value is not allowed."""
    return {name: _value(template.name, name, rules, given) for name, rules in template.parameters.items()}


def refuse_strangers(templates: Iterable[Template], given: Mapping[str, str]) -> None:
    """Raises TemplateError for a parameter that none of the templates has."""
    names = ", ".join(template.name for template in templates)
    declared = {name for template in templates for name in template.parameters}
    for name in sorted(given.keys() - declared):
        raise TemplateError(names, f"Parameters.{name}", "is given, but there is no such parameter")


def _value(template: str, name: str, rules: Mapping[str, Any], given: Mapping[str, str]) -> str:
    where = f"Parameters.{name}"
    for rule in rules.keys() - _RULES:
        raise TemplateError(template, f"{where}.{rule}", "this rule is not understood")
    if rules.get("Type") not in ("String", "Number"):
        raise TemplateError(template, f"{where}.Type", f"{rules.get('Type')} is not understood")
    if name not in given and "Default" not in rules:
        raise TemplateError(template, where, "no value is given and there is no default")
    value = str(given.get(name, rules.get("Default")))
    if rules["Type"] == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise TemplateError(template, where, f"{value!r} is not a number")
    if "AllowedValues" in rules and value not in map(str, rules["AllowedValues"]):
        raise TemplateError(template, where, f"{value!r} is not one of {rules['AllowedValues']}")
    if "AllowedPattern" in rules and not re.fullmatch(rules["AllowedPattern"], value):
        raise TemplateError(template, where, f"{value!r} does not match {rules['AllowedPattern']}")
    return value
