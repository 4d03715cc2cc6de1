"""Which version of a resource a request was made for: ETag, If-Match and If-None-Match (RFC 9110, 8.8.3 and 13.1)."""

import re

from msgspec import Struct

from chassis.refusals import Flaw, Malformed, Stale, Unconditional

TAGS = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"(?:[ \t]*,[ \t]*(?:W/)?"[\x21\x23-\x7e]*")*')
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')


class VersionIsOld(Stale):
    """Somebody changed it since it was read."""


class VersionNotStated(Unconditional):
    """A change says which version it was made for, or two people undo each other's changes without knowing."""


class Match(Struct, frozen=True):
    """The versions that a request admits; `any` admits all (If-Match: *)."""

    tags: frozenset[str]
    any: bool = False

    def check(self, version: int) -> None:
        """Raises VersionIsOld where the version is none of those admitted."""
        if not self.any and etag(version) not in self.tags:
            raise VersionIsOld(
                f"It is at version {etag(version)} by now.",
                Flaw("If-Match", "names another version", "header"),
            )


def etag(version: int) -> str:
    """The version as a strong entity tag."""
    return f'"{version}"'


def stated(header: str | None) -> Match:
    """What If-Match admits; raises VersionNotStated without one, Malformed where it is no list of entity tags."""
    if header is None:
        detail = "Say in If-Match which version the change was made for (the ETag that you read)."
        raise VersionNotStated(detail, Flaw("If-Match", "is missing", "header"))
    return _parsed("If-Match", header)


def is_current(header: str | None, version: int) -> bool:
    """Whether If-None-Match names this very version, so that there is nothing new to send (weak comparison)."""
    if header is None:
        return False
    match = _parsed("If-None-Match", header)
    return match.any or etag(version) in {tag.removeprefix("W/") for tag in match.tags}


def _parsed(name: str, header: str) -> Match:
    if header.strip() == "*":
        return Match(frozenset(), any=True)
    if not TAGS.fullmatch(header.strip()):
        raise Malformed(f"{name} is no list of entity tags.", Flaw(name, 'write it like "3"', "header"))
    return Match(frozenset(_TAG.findall(header)))
