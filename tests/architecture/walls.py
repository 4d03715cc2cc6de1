"""The walls between the parts of the tree: who may import what, and who may know which words."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.architecture.sources import Source

_OWN = "chalicelib.{own}"
_PURE = ("msgspec", "chassis.refusals", *(f"{_OWN}.{room}" for room in ("model", "events", "schemas")))
_PLAIN = ("msgspec", "chassis", _OWN)


@dataclass(frozen=True)
class Wall:
    """Files whose path matches import only these beside the standard library, or (`only` is None) all but `never`.

    The group `own` of the path, the capability's name, stands for {own}.
    """

    path: str
    only: tuple[str, ...] | None = None
    never: tuple[str, ...] = ()


WALLS = (
    Wall(r"functions/(?P<own>\w+)/chalicelib/\w+/(model|events|schemas)\.py", _PURE),
    Wall(r"functions/(?P<own>\w+)/chalicelib/\w+/(__init__|commands|reactions|store)\.py", _PLAIN),
    Wall(r"functions/(?P<own>\w+)/app\.py", ("chalice", "chassis", _OWN)),
    Wall(r"chassis/(keys|tokens)\.py", ("msgspec", "jwt", "chassis")),  # the cryptography, for authorizers alone
    Wall(r"chassis/(?!(keys|tokens)\.py).*", ("msgspec", "botocore", "chalice", "chassis")),
    # and only the authorizer's zip has it: elsewhere the import would fail on Lambda, and nowhere else
    Wall(
        r"functions/.*|chassis/(?!(authorizer|cold_start|keys|tokens)\.py).*",
        never=("chassis.keys", "chassis.tokens"),
    ),
    Wall(
        r"chassis/(refusals|clock|settings|items|messages|idempotency|conditions|parsing|auth)\.py",
        never=("boto3", "botocore", "chalice"),
    ),
    Wall(r"infra/local/.*", never=("chalicelib", "chassis")),
)


def crossings(sources: Iterable[Source], walls: Iterable[Wall] = WALLS) -> list[str]:
    """Every import that goes through a wall."""
    walls = tuple(walls)
    return [
        f"{source.path} imports {name}"
        for source in sources
        for wall in walls
        if (met := re.fullmatch(wall.path, source.path))
        for name in source.imports
        if not _is_allowed(name, wall, met.groupdict().get("own", ""))
    ]


def _is_allowed(name: str, wall: Wall, own: str) -> bool:
    if wall.only is None:
        return not _is_under(name, wall.never)
    only = [each.format(own=own) for each in wall.only]
    return name.split(".")[0] in sys.stdlib_module_names or _is_under(name, only)


def _is_under(name: str, packages: Iterable[str]) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


_SEQUENCE = {"in_order", "static_order"}  # one thing after another, not what a customer wants


def business_words(sources: Iterable[Source], words: Iterable[str]) -> list[str]:
    """Every name and text that has one of the words in it; docstrings and comments may speak of what they like."""
    wanted = {form for word in words for form in (word, word.removesuffix("s"))}
    return [
        f"{source.path}:{line} says {said!r}"
        for source in sources
        for line, said in _said(source)
        if said not in _SEQUENCE and wanted & {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", said)}
    ]


def _said(source: Source) -> Iterator[tuple[int, str]]:
    remarks = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Constant(value=str(text)) if id(node) not in remarks:
                yield node.lineno, text


def environment_reads(sources: Iterable[Source]) -> list[str]:
    """Every place that touches the process's environment."""
    touching = {"environ", "environb", "getenv", "putenv"}
    return [
        f"{source.path}:{node.lineno} reads the environment"
        for source in sources
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Attribute) and node.attr in touching)
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and touching & {a.name for a in node.names})
    ]
