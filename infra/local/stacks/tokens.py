"""Marks that stand in a plan for what is known only once a resource is there: its ARN, its URL."""

import re
from collections.abc import Callable
from typing import Any

_TOKEN = re.compile(r"«([^ »]+) ([^ .»]+)\.([^»]+)»")


def token(template: str, logical_id: str, attribute: str) -> str:
    return f"«{template} {logical_id}.{attribute}»"


def resources_in(value: Any) -> set[tuple[str, str]]:
    """Which resources, as (template, logical id), a value waits for."""
    found: set[tuple[str, str]] = set()

    def note(template: str, logical_id: str, attribute: str) -> str:
        found.add((template, logical_id))
        return ""

    filled(value, note)
    return found


def filled(value: Any, attribute: Callable[[str, str, str], str]) -> Any:
    """The value with every mark replaced by what `attribute` gives for template, logical id and attribute."""
    if isinstance(value, dict):
        return {filled(key, attribute): filled(item, attribute) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, attribute) for item in value]
    if isinstance(value, str):
        return _TOKEN.sub(lambda match: attribute(*match.groups()), value)
    return value
