"""Stacks for plans: what they export and import, and no resources."""

from infra.deploy.parts import Part


def a_part(name: str, *, exports: str = "", imports: str = "", app: bool = False) -> Part:
    return Part(name, {"Resources": {}}, frozenset(exports.split()), frozenset(imports.split()), app)


def by_name(*parts: Part) -> dict[str, Part]:
    return {part.name: part for part in parts}
