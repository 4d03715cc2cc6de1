"""Which stacks are deployed, and in which order: worked out from what their templates export and import."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from infra.deploy.errors import Unusable
from infra.deploy.parts import ARTIFACTS, ON_REQUEST, Part

Live = Mapping[str, frozenset[str]]  # what the stack of each part exports by now; a part that is not there has none


def in_order(names: Iterable[str], parts: Mapping[str, Part]) -> list[Part]:
    """Each after those that it imports from, and functions after the bucket of their code; raises Unusable."""
    among = set(names)
    needs = {name: sorted(_needs(parts[name], parts) & among) for name in sorted(among)}
    try:
        return [parts[name] for name in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        raise Unusable(f"the stacks import from each other in a circle: {' -> '.join(error.args[1])}") from None


def chosen(parts: Mapping[str, Part], asked: frozenset[str], live: Live) -> dict[str, str]:
    """The names of the parts to deploy, each with why it is among them though nobody asked for it.

    Without a name all are, but those on request. With names: these, and of what they import from, directly or not,
    what is not there yet or does not export yet what is wanted of it.
    """
    if not asked:
        return {name: "" for name in parts if name not in ON_REQUEST}
    found = dict.fromkeys(sorted(asked), "")
    waiting = sorted(asked)
    while waiting:
        part = parts[waiting.pop()]
        for name in sorted(_needs(part, parts) - found.keys()):
            if reason := _lacking(parts[name], part, live):
                found[name] = reason
                waiting.append(name)
    return found


def known(name: str, parts: Mapping[str, Part], capabilities: Iterable[str]) -> frozenset[str]:
    """The parts that a name on the command line means: a capability is its data and its functions."""
    names = list(capabilities)
    if name in names:
        return frozenset({name, f"{name}-data"} & parts.keys())
    if name in parts:
        return frozenset({name})
    shared = sorted(each for each in parts if each.removesuffix("-data") not in names)
    raise Unusable(f"there is no {name!r} to deploy; capabilities: {', '.join(names)}; shared: {', '.join(shared)}")


def _needs(part: Part, parts: Mapping[str, Part]) -> set[str]:
    owners = {export: each.name for each in parts.values() for export in each.exports}
    if missing := sorted(part.imports - owners.keys()):
        raise Unusable(f"{part.name} imports {missing[0]}, which no template exports")
    needed = {owners[name] for name in part.imports} | ({ARTIFACTS} if part.app else set())
    return needed - {part.name}


def _lacking(owner: Part, importer: Part, live: Live) -> str:
    if owner.name not in live:
        return f"{importer.name} needs it, and it is not there yet"
    if missing := sorted(importer.imports & owner.exports - live[owner.name]):
        return f"{importer.name} needs its {missing[0]}, which it does not export yet"
    return ""
