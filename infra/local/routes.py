"""Which of an app's routes a path belongs to, and which first path segments are the app's own."""

from collections.abc import Iterable
from dataclasses import dataclass

# The prefix of an app that takes any first segment: its route begins with a parameter.
ANY = "*"


@dataclass(frozen=True)
class Match:
    route: str
    parameters: dict[str, str]


def match(routes: Iterable[str], path: str) -> Match | None:
    """The route of a path; a literal segment goes before a parameter, one trailing slash does not count.

    Parameters stay percent-encoded, as API Gateway's REST APIs hand them to a function.
    """
    segments = _segments(path)
    found = [route for route in routes if _fits(_segments(route), segments)]
    if not found:
        return None
    route = min(found, key=lambda each: [_is_parameter(segment) for segment in _segments(each)])
    pairs = zip(_segments(route), segments, strict=True)
    return Match(route, {name[1:-1]: value for name, value in pairs if _is_parameter(name)})


def prefixes(routes: Iterable[str]) -> list[str]:
    """The first segments that the routes begin with, ANY for a parameter; the root's is empty."""
    firsts = {_segments(route)[0] for route in routes}
    return sorted({ANY if _is_parameter(first) else first for first in firsts})


def _segments(path: str) -> list[str]:
    return (path[:-1] if path.endswith("/") and path != "/" else path).split("/")[1:]


def _fits(route: list[str], segments: list[str]) -> bool:
    if len(route) != len(segments):
        return False
    pairs = zip(route, segments, strict=True)
    return all((_is_parameter(own) and given != "") or own == given for own, given in pairs)


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")
