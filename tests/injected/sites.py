"""Where the source calls AWS, read from it: each operation in chassis, and each way by which a handler comes to one.

A capability's way to AWS is a thing that chassis makes for it (`TABLE`, `orders`, `sign_outs`, ...), or a function that
gives one (`accounts()`). From a handler in app.py on, names are followed through the capability's rooms to such things.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

from infra.apps_in_process import ROOT, app_folders
from tests.injected.places import Line

SERVICES = ("dynamodb", "sns", "sqs", "cognito-idp")
THINGS = {"Table", "Aggregates", "SignOuts", "Limit", "UserPool"}  # of chassis: what calls AWS for a capability
ROOMS = ("commands", "reactions", "store")
Node = tuple[str, str]  # a module, and a name in it


@dataclass(frozen=True, order=True)
class Site:
    """An expression of the source that comes to AWS, by its lines."""

    file: str
    first: int
    last: int
    text: str = field(compare=False)

    def covers(self, line: Line) -> bool:
        return line[0] == self.file and self.first <= line[1] <= self.last

    def __str__(self) -> str:
        return f"{self.file}:{self.first} {self.text}"


def operations() -> list[Site]:
    """Every mention of an operation of AWS in the modules of chassis that have a client."""
    return [site for path in sorted((ROOT / "chassis").glob("*.py")) for site in _operations(path)]


def _operations(path: Path) -> Iterator[Site]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if _has_client(path) else ():
        by_name = isinstance(node, ast.Attribute) and node.attr in _known() and ast.unparse(node.value) != "self"
        computed = isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr"
        if by_name or computed:
            yield _site(path, _whole(tree, node))


def _has_client(path: Path) -> bool:
    return path.exists() and "aws.client(" in path.read_text(encoding="utf-8")


@cache
def _known() -> frozenset[str]:
    """What clients' methods are called."""
    session = botocore.session.get_session()
    models = [session.get_service_model(service) for service in SERVICES]
    return frozenset(xform_name(name) for model in models for name in model.operation_names)


def ways() -> dict[str, list[Site]]:
    """By handler, named as calls are: the expressions of its capability by which it comes to AWS."""
    return {f"{name}.{handler}": sites for name in app_folders() for handler, sites in _Capability(name).ways()}


class _Capability:
    """The modules of one capability: `bodies` has what each name in them stands for."""

    def __init__(self, name: str) -> None:
        folder = app_folders()[name]
        self.paths = {room: folder / "chalicelib" / name / f"{room}.py" for room in ROOMS} | {"app": folder / "app.py"}
        self.bodies: dict[Node, ast.AST] = {}
        self.imported: dict[Node, Node] = {}
        self.things: set[str] = set()
        self.functions: set[str] = set()  # of chassis, that call AWS themselves
        for room, path in self.paths.items():
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                self._take(room, node)

    def _take(self, room: str, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef):
            self.bodies[room, node.name] = node
        elif isinstance(node, ast.ImportFrom):
            origin = (node.module or "").rpartition(".")[2]
            self.imported |= {(room, each.name): (origin, each.name) for each in node.names}
            if origin == "relay":
                self.functions |= {each.asname or each.name for each in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            [target] = node.targets if isinstance(node, ast.Assign) else [node.target]
            self.bodies[room, ast.unparse(target)] = node.value
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in THINGS:
                self.things.add(ast.unparse(target))

    def ways(self) -> Iterator[tuple[str, list[Site]]]:
        for (room, name), body in self.bodies.items():
            is_handler = room == "app" and isinstance(body, ast.FunctionDef) and name not in _HANDING_ON
            if is_handler or name.startswith("when_"):
                yield name, sorted(set(self._from((room, name), set())))

    def _from(self, node: Node, been: set[Node]) -> Iterator[Site]:
        been.add(node)
        room, _ = node
        body = _without_decorators(self.bodies[node])
        for each in ast.walk(body):
            if self._is_way(each):
                yield _site(self.paths[room], _whole(body, each))
            called = self._named(room, each)
            if called in self.bodies and called not in been:
                yield from self._from(called, been)

    def _is_way(self, node: ast.AST) -> bool:
        """`TABLE.write`, `store.orders.get`, `accounts().sign_in`, `tell`."""
        if isinstance(node, ast.Name):
            return node.id in self.functions
        if not isinstance(node, ast.Attribute):
            return False
        owner = node.value
        if isinstance(owner, ast.Call):
            return ast.unparse(owner.func) in ("accounts", "_pool")
        return ast.unparse(owner).rpartition(".")[2] in self.things and node.attr not in _PURE

    def _named(self, room: str, node: ast.AST) -> Node:
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.paths:
                return module, name
            case ast.Name(id=name):
                return self.imported.get((room, name), (room, name))
        return "", ""


def _without_decorators(node: ast.AST) -> ast.AST:
    return ast.Module(node.body, []) if isinstance(node, ast.FunctionDef) else node


_HANDING_ON = ("inbox", "tick")  # to reactions, each of which is a handler here
_PURE = {"key", "read", "among", "saving", "name", "id", "entries"}  # what the things do without asking AWS


def _whole(body: ast.AST, part: ast.AST) -> ast.AST:
    """The call that is made of the part, or that it is given to, where there is one."""
    calls = (node for node in ast.walk(body) if isinstance(node, ast.Call) and part in (node.func, *node.args))
    return next(calls, part)


def _site(path: Path, node: ast.AST) -> Site:
    assert isinstance(node, ast.expr)
    last = node.end_lineno or node.lineno
    return Site(str(path.relative_to(ROOT)), node.lineno, last, ast.unparse(node).partition("(")[0])


def unvisited(sites: Iterable[Site], lines: set[Line]) -> list[str]:
    """Those through which no call came."""
    return [str(site) for site in sites if not any(site.covers(line) for line in lines)]
