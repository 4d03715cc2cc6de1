"""The page on security: every test that it names is there, and every requirement stands on it once, with its answer."""

import ast
import re
from collections import Counter
from collections.abc import Iterable

from tests.architecture.sources import Source

# OWASP ASVS 5.0.0: how many requirements of levels 1 and 2 each section has; they are its first ones.
_SECTIONS = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4), 5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1), 9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4), 13: (1, 5, 2, 5), 14: (2, 4, 3), 15: (3, 3, 7), 16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}  # fmt: skip
_ANSWERS = ("proved", "written", "provider", "deployment", "none here", "open")
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
_ROW = re.compile(r"^\| ([0-9][0-9., -]*) \| ([^|]+) \| \*\*([a-z ]+)\*\*(.*) \|$", re.MULTILINE)
Item = tuple[int, int, int]

REQUIREMENTS: tuple[Item, ...] = tuple(
    (chapter, section, item)
    for chapter, sections in _SECTIONS.items()
    for section, items in enumerate(sections, 1)
    for item in range(1, items + 1)
)


def missing_tests(page: str, sources: Iterable[Source]) -> list[str]:
    """What the page calls a test and nobody finds."""
    there = {
        (source.path.removeprefix("tests/"), node.name)
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef)
    }
    return [f"{path}::{name} is not there" for path, name in _TEST.findall(page) if (path, name) not in there]


def flaws_of_answers(page: str) -> list[str]:
    """The requirements that stand on the page not once, and the answers that say nothing."""
    rows = _ROW.findall(page)
    counted = Counter(item for items, *_ in rows for item in _items(items))
    return [
        *(f"{_shown(item)} stands there {counted[item]} times" for item in REQUIREMENTS if counted[item] != 1),
        *(f"{_shown(item)} is no requirement of levels 1 and 2" for item in counted if item not in REQUIREMENTS),
        *(f"{items}: {answer!r} is no answer" for items, _, answer, _ in rows if answer not in _ANSWERS),
        *(f"{items}: no test is named" for items, _, answer, why in rows if answer == "proved" and "::" not in why),
    ]


def _items(text: str) -> Iterable[Item]:
    """`1.2.3, 4.1.1-4.2.1` as requirements: a range has all between its ends, also of other sections."""
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start, end = _item(first), _item(last or first)
        yield from [item for item in REQUIREMENTS if start <= item <= end] or [start]


def _item(text: str) -> Item:
    chapter, section, item = map(int, text.split("."))
    return chapter, section, item


def _shown(item: Item) -> str:
    return ".".join(map(str, item))
