"""The doors: app.py has each at a glance, with the role that may use it, and no logic."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source

_HANDLERS = ("authorizer", "on_sqs_message", "on_dynamodb_record", "schedule")


def flaws(sources: Iterable[Source]) -> list[str]:
    """What is wrong with the handlers of each app.py, each as a sentence."""
    return [
        f"{source.path}: {function.name} {flaw}"
        for source in sources
        for function in source.tree.body
        if isinstance(function, ast.FunctionDef)
        for flaw in _flaws(function)
    ]


def _flaws(function: ast.FunctionDef) -> Iterator[str]:
    if len(function.body) > 1:
        yield "does more than ask another"
    if len(function.decorator_list) != 1 or not isinstance(door := function.decorator_list[0], ast.Call):
        yield "is not a door, or more than one"
        return
    if isinstance(door.func, ast.Name) and door.func.id == "door":
        if "role" not in {keyword.arg for keyword in door.keywords}:
            yield "does not say which role may use it"
    elif not (isinstance(door.func, ast.Attribute) and door.func.attr in _HANDLERS):
        yield "is opened past the doors, where nothing is checked"
