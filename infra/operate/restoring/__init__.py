"""What is to be done after a table was restored to an older state, while all others know what came since."""

from collections.abc import Iterator

from infra.operate.restoring.stock import agree
from infra.operate.restoring.table import Run, Step, hear_again, look_after_copies, raise_all


def restore(run: Run) -> Iterator[Step]:
    """All of it, step by step; each is done when it is given, and none does harm when it is done again."""
    yield from raise_all(run)
    yield from look_after_copies(run)
    yield from hear_again(run)
    if run.capability != "customers":
        yield from agree(run)
