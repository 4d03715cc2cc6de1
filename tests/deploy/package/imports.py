"""What the sources of a zip import that is neither in it nor in the standard library, wherever the import stands."""

import ast
import sys
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

_OURS = ("app.py", "chalicelib/", "chassis/")
# Of the standard library, but in no runtime of Lambda's, which has no screen.
_NOT_ON_LAMBDA = frozenset({"idlelib", "tkinter", "turtle", "turtledemo"})


def missing(zipped: Path, without: Collection[str] = ()) -> list[str]:
    """Each import of our own sources that would fail, with its place; `without` names sources that are passed by."""
    with zipfile.ZipFile(zipped) as packed:
        there = {module for name in packed.namelist() for module in _modules(name)}
        ours = [name for name in packed.namelist() if name.startswith(_OURS) and name.endswith(".py")]
        trees = {name: ast.parse(packed.read(name), name) for name in ours}
    names = {_modules(name)[0]: set(_bound(tree)) for name, tree in trees.items()}
    return [
        f"{name}:{line} imports {wanted}"
        for name, tree in trees.items()
        if name not in without
        for line, wanted, of in _imports(tree)
        if not _is_there(wanted, of, there, names)
    ]


def _modules(name: str) -> list[str]:
    """What a file of the zip can be imported as, and the packages that it lies in."""
    path = PurePosixPath(name)
    if path.suffix not in (".py", ".pyc", ".so") or "__pycache__" in path.parts:
        return ["."]
    parts = [*path.parts[:-1], path.name.partition(".")[0]]
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _imports(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """The line, the module, and what is wanted of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, node.module or "", each.name) for each in node.names)


def _is_there(module: str, of: str, there: Collection[str], names: Mapping[str, Collection[str]]) -> bool:
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return top not in _NOT_ON_LAMBDA
    if module not in there:
        return False
    # What another's module holds is known only by running it; what ours do is written there.
    return not of or f"{module}.{of}" in there or of in names.get(module, {of})


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names of a module, wherever in it they come about: more than there are, and none too few."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((each.asname or each.name).partition(".")[0] for each in names)
