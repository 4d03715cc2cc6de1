"""What a client that was made for one OpenAPI document can no longer do by the next: its routes, requests, answers."""

import re
from collections.abc import Iterator
from typing import Any

from infra.contracts.acceptance import not_taken
from infra.contracts.compatibility import breaking_changes
from infra.contracts.schemas import Schema

Document = dict[str, Any]
Operation = dict[str, Any]


def broken_routes(old: Document, new: Document) -> list[str]:
    """Why a client that was made for `old` fails with `new`, each with the route and the place; empty if it does not.

    A further kind of refusal, a further field of an answer, and what may be left out of a request break nobody.
    """
    broken, refused, there = [], list[str](), {_shape(path): methods for path, methods in new["paths"].items()}
    for path, methods in old["paths"].items():
        for method, operation in methods.items():
            after = there.get(_shape(path), {}).get(method)
            reasons = _broken(operation, after, _parts(old), _parts(new)) if after else ["is offered no more"]
            broken += [f"{method.upper()} {path} {reason}" for reason in reasons]
            refused += _refusals(operation["responses"], after["responses"], _parts(old), _parts(new)) if after else ()
    return broken + list(dict.fromkeys(refused))


def _shape(path: str) -> str:
    """The path as clients know it: how a part is called in the documents they do not."""
    return re.sub(r"{\w+}", "{}", path)


def _broken(old: Operation, new: Operation, before: Schema, after: Schema) -> Iterator[str]:
    yield from _callers(old, new)
    yield from _parameters(old, new)
    for format, schema in _contents(old.get("requestBody", {}), before):
        taken = dict(_contents(new.get("requestBody", {}), after)).get(format)
        reasons = not_taken(schema, taken) if taken else [f"no body of {format} is taken"]
        yield from (f"refuses a request that was good: {reason}" for reason in reasons)
    if new.get("requestBody") and not old.get("requestBody"):
        yield "refuses a request that was good: it had no body"
    yield from _answers(old["responses"], new["responses"], before, after)


def _callers(old: Operation, new: Operation) -> Iterator[str]:
    """No scheme at all is how a public route says that it wants nobody."""
    were = {role for scheme in old["security"] for roles in scheme.values() for role in roles}
    are = {role for scheme in new["security"] for roles in scheme.values() for role in roles}
    if are and not were:
        yield f"was open to all and would be for {', '.join(sorted(are))}"
    elif are and (gone := sorted(were - are)):
        yield f"was for {', '.join(gone)} too"


def _parameters(old: Operation, new: Operation) -> Iterator[str]:
    before, after = _named(old), _named(new)
    for id, parameter in before.items():
        if id not in after:
            yield f"takes {id} no more"
        else:
            reasons = not_taken(parameter["schema"], after[id]["schema"])
            yield from (f"refuses a request that was good: {id}: {reason}" for reason in reasons)
    for id, parameter in after.items():
        if parameter.get("required") and not before.get(id, {}).get("required"):
            yield f"would need {id}"


def _answers(old: Operation, new: Operation, before: Schema, after: Schema) -> Iterator[str]:
    for status in (status for status in old if status.startswith(("2", "3"))):
        if status not in new:
            yield f"would never answer {status}"
            continue
        for header in old[status].get("headers", {}).keys() - new[status].get("headers", {}).keys():
            yield f"would answer {status} without {header}"
        for format, schema in _contents(old[status], before):
            given = dict(_contents(new[status], after)).get(format)
            changes = breaking_changes(schema, given) if given else [f"there would be nothing of {format}"]
            yield from (f"would answer {status} otherwise: {change}" for change in changes)


def _refusals(old: Operation, new: Operation, before: Schema, after: Schema) -> Iterator[str]:
    """All routes refuse in one way: what changes of it is told once, and not for each of them."""
    for status in (status for status in old if not status.startswith(("2", "3")) and status in new):
        for format, schema in _contents(old[status], before):
            given = dict(_contents(new[status], after)).get(format)
            changes = breaking_changes(schema, given) if given else [f"there would be nothing of {format}"]
            yield from (f"a refusal would be told otherwise: {change}" for change in changes)


def _contents(part: dict[str, Any], components: Schema) -> Iterator[tuple[str, Schema]]:
    for format, media in part.get("content", {}).items():
        yield format, media["schema"] | {"$defs": components}


def _parts(document: Document) -> Schema:
    return dict(document["components"]["schemas"])


def _named(operation: Operation) -> dict[str, dict[str, Any]]:
    """The parameters, by what a client knows of them."""
    parameters = operation.get("parameters", ())
    parts = [each["name"] for each in parameters if each["in"] == "path"]
    named = (f"part {parts.index(each['name']) + 1}" if each["in"] == "path" else each["name"] for each in parameters)
    return {f"the {each['in']} {name}": each for name, each in zip(named, parameters, strict=True)}
