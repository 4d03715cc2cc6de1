"""Source files as the architecture tests look at them: a path in the tree, and a text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from infra.apps_in_process import ROOT

_PASSED_BY = {"vendor", "__pycache__", "deployments", "deployed", "node_modules"}


@dataclass(frozen=True)
class Source:
    """One Python file; the path is relative to the root of the tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def imports(self) -> Iterator[str]:
        """The full names of all that is imported, wherever the import stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            if isinstance(node, ast.ImportFrom):
                yield from (f"{'.' * node.level}{node.module or ''}.{each.name}" for each in node.names)


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """All Python files of the folders, without what is linked in or built."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in paths
        if not _PASSED_BY & set(path.parts)
    )
