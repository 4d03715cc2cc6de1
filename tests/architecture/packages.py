"""The packages: which are pinned, and which a capability takes along to Lambda."""

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import Source

# The SDK comes by a step of packing (infra/deploy/package/steps/sdk.py); chalice packs its own runtime part.
_PROVIDED = {"botocore", "chalice"}
_OWN = {"chassis", "chalicelib"}
_PIN = re.compile(r"([a-z0-9][a-z0-9._-]*)(\[[a-z0-9,._-]+\])?==([^\s;]+)( ; [^\\]+)?")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def third_party(sources: Iterable[Source]) -> set[str]:
    """The packages that the sources import and a deployment must bring."""
    names = {name.split(".")[0] for source in sources for name in source.imports}
    return names - sys.stdlib_module_names - _PROVIDED - _OWN


def needed(imported: Iterable[str], declared: Iterable[str]) -> set[str]:
    """The packages that hold the imported modules, and all that these need in turn, declared extras included."""
    declarations = {canonicalize_name(each.name): each for each in map(Requirement, declared)}
    holders = metadata.packages_distributions()
    names = {canonicalize_name(package) for module in imported for package in holders.get(module, [module])}
    waiting, found = [declarations.get(name, Requirement(name)) for name in names], set[str]()
    while waiting:
        package = waiting.pop()
        found.add(canonicalize_name(package.name))
        waiting += _needs(package)
    return found


def _needs(package: Requirement) -> list[Requirement]:
    needs = [Requirement(need) for need in metadata.requires(package.name) or ()]
    chosen = ["", *package.extras]
    return [need for need in needs if not need.marker or any(need.marker.evaluate({"extra": each}) for each in chosen)]


def wrong_requirements(requirements: str, needed: Iterable[str], lock: str) -> list[str]:
    """What is wrong with a capability's requirements.txt, each as a sentence."""
    lines = [line for line in requirements.splitlines() if line and not line.startswith("#")]
    pinned, locked = dict(_pins(lines)), dict(_pins(_entries(lock)))
    return [
        *(f"{line!r} is no exact version" for line in lines if not _PIN.fullmatch(line)),
        *(f"{name} is needed and stands nowhere" for name in sorted(set(needed) - pinned.keys())),
        *(f"{name} stands there and is not needed" for name in sorted(pinned.keys() - set(needed))),
        *(
            f"{name} is {pinned[name]}, and {locked.get(name, 'nothing')} in the lock"
            for name in sorted(pinned)
            if pinned[name] != locked.get(name)
        ),
    ]


def flaws_of_lock(lock: str) -> list[str]:
    """The entries of the lock that are not one exact version with its hashes, and any address in it."""
    addresses = [f"names an address: {line.strip()}" for line in lock.splitlines() if _names_an_address(line)]
    return addresses + [f"is not pinned: {entry[:60]}" for entry in _entries(lock) if not _is_pinned(entry)]


def _names_an_address(line: str) -> bool:
    return bool(re.search(r"https?:|://|--(extra-)?index-url|--find-links", line))


def _is_pinned(entry: str) -> bool:
    pin, *hashes = re.split(r"\s+(?=--hash)", entry)
    return bool(_PIN.fullmatch(pin) and hashes and all(_HASH.fullmatch(each) for each in hashes))


def _entries(lock: str) -> list[str]:
    """The lock's entries, each on one line."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [line.strip() for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines() if line.strip()]


def _pins(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if found := _PIN.match(line):
            yield found.group(1), found.group(3)
