"""What a route can be refused with, found by following what its handler mentions through our own code.

A refusal counts when a function on the way names it. That may be one too many (a function may name a refusal that
this route never meets), and never one too few, but for what is called through a parameter.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, MethodType, ModuleType
from typing import Any

from chassis.http import STATUS
from chassis.refusals import Refusal

_OURS = ("chassis.", "chalicelib.")


def refusals(handler: Callable[..., Any]) -> dict[int, set[type[Refusal]]]:
    """The refusals with a name of their own that the handler can raise, by HTTP status."""
    found: dict[int, set[type[Refusal]]] = {}
    seen: set[Any] = set()
    todo: list[Any] = [handler]
    while todo:
        if (function := todo.pop()) in seen:
            continue
        seen.add(function)
        for thing in _mentioned(function):
            if isinstance(thing, type) and issubclass(thing, Refusal) and thing not in {Refusal, *STATUS}:
                found.setdefault(status_of(thing), set()).add(thing)
            elif _is_ours(thing):
                todo.append(thing)
    return found


def status_of(refusal: type[Refusal]) -> int:
    """The status of a refusal's kind."""
    return next(STATUS[kind] for kind in refusal.__mro__ if kind in STATUS)


def _is_ours(thing: Any) -> bool:
    return isinstance(thing, FunctionType | MethodType) and thing.__module__.startswith(_OURS)


def _mentioned(function: Any) -> Iterator[Any]:
    """What the names in a function's text stand for, as far as they are global, or parts of what is."""
    itself = {"self": function.__self__} if isinstance(function, MethodType) else {}
    scope = inspect.unwrap(getattr(function, "__func__", function)).__globals__ | itself
    for node in ast.walk(_tree(getattr(function, "__func__", function))):
        if isinstance(node, ast.Name | ast.Attribute):
            yield _meant(node, scope)


@cache
def _tree(function: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _meant(node: ast.expr, scope: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return scope.get(node.id)
    if not isinstance(node, ast.Attribute):
        return None
    base = _meant(node.value, scope)
    owner = base.__name__ if isinstance(base, ModuleType) else type(base).__module__
    if not f"{owner}.".startswith(_OURS):
        return None
    static = inspect.getattr_static(base, node.attr, None)
    return None if static is None or isinstance(static, property) else getattr(base, node.attr)
