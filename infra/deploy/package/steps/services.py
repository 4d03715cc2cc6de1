"""Which of AWS's services a packed app asks for: its own code says so, in each `aws.client("...")` within reach."""

import ast
from collections.abc import Iterator
from pathlib import Path


class ServiceNotNamed(ValueError):
    """A client is asked for by a name that is worked out: nobody can tell which service is to be packed."""


def asked_for(folder: Path) -> set[str]:
    """Raises ServiceNotNamed, with the place."""
    return {service for path in _reached(folder) for service in _services(path)}


def _reached(folder: Path) -> set[Path]:
    """The app's own modules that app.py imports, and that these import in turn."""
    waiting, found = [folder / "app.py"], set[Path]()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [each for name in _imports(path) for each in _files(folder, name)]
    return found


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(folder: Path, name: str) -> Iterator[Path]:
    """A module's own file, or its package's, where it is one of ours."""
    if name.partition(".")[0] in ("chalicelib", "chassis"):
        place = folder.joinpath(*name.split("."))
        yield from (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file())


def _services(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="aws"), attr="client"), args=arguments):
                match arguments:
                    case [ast.Constant(value=str(service))]:
                        yield service
                    case _:
                        raise ServiceNotNamed(f"{path.name}:{node.lineno}: name the service in the call itself")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path.name)
