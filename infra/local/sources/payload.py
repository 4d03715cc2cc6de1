"""How much one invocation may carry."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB for a synchronous invocation
LIMIT_BYTES = 6 * 1024 * 1024


def parts(items: Sequence[Item], size: Callable[[Item], int]) -> list[list[Item]]:
    """The items, in order, in as few runs as keep each within the limit; one that is over it goes alone."""
    runs: list[list[Item]] = []
    filled = 0
    for item in items:
        filled += size(item)
        if not runs or filled > LIMIT_BYTES:
            runs.append([])
            filled = size(item)
        runs[-1].append(item)
    return runs
