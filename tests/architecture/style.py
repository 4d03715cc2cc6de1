"""What can be held by a machine of how things are written here."""

import ast
import re
from collections.abc import Iterable

from tests.architecture.sources import Source

FILE = 250  # lines
FUNCTION = 30  # lines
Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_purpose(sources: Iterable[Source]) -> list[str]:
    """The modules whose docstring does not open with one sentence on a line."""
    return [
        source.path
        for source in sources
        if not re.match(r"[^\n]+[.:](\n|$)", ast.get_docstring(source.tree, clean=False) or "")
    ]


def nameless_rules(sources: Iterable[Source]) -> list[str]:
    """The test functions whose name is no sentence: fewer than four words after `test`."""
    return [
        f"{source.path}::{node.name}"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, Function) and re.match(r"test(_|$)", node.name) and len(node.name.split("_")) < 5
    ]


def mocks(sources: Iterable[Source]) -> list[str]:
    """The files that put something false in a part's place by its address."""
    return [source.path for source in sources if any(_is_mock(name) for name in source.imports)]


def _is_mock(name: str) -> bool:
    return name.split(".")[0] in ("mock", "pytest_mock") or name.startswith("unittest.mock")


def oversized(sources: Iterable[Source]) -> list[str]:
    """The files over 250 lines and the functions over 30."""
    sources = tuple(sources)
    files = [source.path for source in sources if len(source.text.splitlines()) > FILE]
    return files + [
        f"{source.path}::{node.name}"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION
    ]
