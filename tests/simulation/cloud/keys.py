"""What DynamoDB wants of the attributes that items are found by: text, and some of it."""

from collections.abc import Iterable
from typing import Any

from tests.simulation.cloud.errors import invalid


def refuse_bad_keys(operation: str, item: dict[str, Any], indexed: Iterable[str]) -> None:
    """Raises what DynamoDB says of an item whose key, or whose attribute of an index, is no text or empty."""
    for name in ("pk", *indexed):
        if name in item and not item[name].get("S"):
            raise invalid(operation, f"One or more parameter values are not valid: the key attribute {name}")
