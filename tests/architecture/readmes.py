"""The page of each capability: what it says of its doors, facts and reactions is what the code has."""

import re
from collections.abc import Iterable

# A line of a section opens with what it is about, in code marks, and with what belongs to that.
_LINE = re.compile(r"^- `([^`]+)`(?: \((\w+)\)| → `(\w+)`)?")
SECTIONS = ("Owns", "Offers", "Publishes", "Listens to")
Told = dict[str, set[tuple[str, str]]]


def told(page: str) -> Told:
    """What each section of the page lists: pairs of a thing and what belongs to it (a role, a reaction, or nothing)."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return {title: set(_listed(text)) for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def _listed(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        if found := _LINE.match(line):
            yield found.group(1), found.group(2) or found.group(3) or ""


def disagreements(page: str, code: Told) -> list[str]:
    """Where the page and the code differ, each as a sentence."""
    said = told(page)
    missing = [f"there is no section {title!r}" for title in SECTIONS if title not in said]
    return missing + [
        sentence
        for title in SECTIONS
        for sentence in (
            *(f"{title}: {_shown(each)} is not said" for each in sorted(code[title] - said.get(title, set()))),
            *(f"{title}: {_shown(each)} is not so" for each in sorted(said.get(title, set()) - code[title])),
        )
    ]


def _shown(pair: tuple[str, str]) -> str:
    return " ".join(filter(None, pair))
