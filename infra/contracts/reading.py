"""What a capability reads: the parts of others' events, and the items of its own table, as schemas."""

import importlib
from typing import Any, get_type_hints

from chassis.aggregates import Aggregates
from chassis.inbox import Reaction
from infra.contracts.capabilities import Capability
from infra.contracts.schemas import Schema, components


def heard_schemas(capability: Capability) -> dict[str, Schema]:
    """By event type, the part of the event that the reaction asks for; a field that has a default may be missing."""
    return {type: _schema(_heard(reaction)) for type, reaction in capability.reactions.items()}


def kept_schemas(capability: str) -> dict[str, Schema]:
    """By kind, the aggregates that the capability's store keeps."""
    store = importlib.import_module(f"chalicelib.{capability}.store")
    kept = [each for each in vars(store).values() if isinstance(each, Aggregates)]
    return {each.kind: _schema(each.holds) for each in kept}


def _heard(reaction: Reaction) -> Any:
    [heard] = [hint for name, hint in get_type_hints(reaction).items() if name != "return"]
    return heard


def _schema(read: Any) -> Schema:
    [root], defs = components([read], "#/$defs/{name}")
    return root | {"$defs": defs}
