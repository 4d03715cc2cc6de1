"""What is wrong with moto 5.2.5 as a cloud that lives for hours under load, and what we put in its place."""

import functools

from infra.local.moto import (
    checks,
    express,
    items,
    locking,
    memory,
    queries,
    queues,
    streams,
    topics,
    transactions,
    writes,
)

MENDS = (
    locking.mend,
    memory.mend,
    items.mend,
    streams.mend,
    writes.mend,
    transactions.mend,
    queries.mend,
    checks.mend,
    queues.mend,
    topics.mend,
    express.mend,
)


@functools.cache
def harden() -> None:
    """Mends moto in this process, once however often it is called."""
    for mend in MENDS:
        mend()
