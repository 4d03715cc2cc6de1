"""Hands stream records to the handler until each of them is done or given up, and nothing is passed over."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.local.sources import payload
from infra.local.sources.answers import failures
from infra.local.sources.batches import (
    AGE_EXCEEDED,
    ATTEMPTS_EXHAUSTED,
    Work,
    first_failed,
    follow_up,
    too_old,
)
from infra.local.sources.mapping import Invoke, StreamMapping
from infra.local.sources.patience import backoff
from infra.local.sources.stream_events import Record, sequence_number, size, to_event

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handling:
    """The handler of one shard, and what to do with records that are done or given up.

    `give_up` takes the records, the condition, and the number of invocations; a stop may keep it from telling
    the destination, and then it answers False.
    """

    mapping: StreamMapping
    invoke: Invoke
    stop: threading.Event
    done: Callable[[Record], None]
    give_up: Callable[[Sequence[Record], str, int], bool]


def handle(records: Sequence[Record], handling: Handling) -> bool:
    """Whether all records are done or given up; not so after a stop, which lets only the present try end."""
    todo = [Work(tuple(part)) for part in payload.parts(records, size)]
    failed_in_a_row = 0
    while todo and not handling.stop.is_set():
        again = _once(todo.pop(0), failed_in_a_row, handling)
        todo[:0] = again
        failed_in_a_row = failed_in_a_row + 1 if again else 0
        if again:
            handling.stop.wait(backoff(failed_in_a_row))
    return not todo


def _once(work: Work, failed_before: int, handling: Handling) -> tuple[Work, ...]:
    """One try: gives up what is too old, invokes the handler, and returns the work that is left."""
    mapping = handling.mapping
    old = too_old(work.records, time.time(), mapping.max_age_seconds)
    if old and not _give_up(work.records[:old], AGE_EXCEEDED, work.retries, handling):
        return (work,)
    work = Work(work.records[old:], work.retries)
    if not work.records:
        return ()
    step = follow_up(work, _failed_from(work.records, failed_before, handling), mapping)
    if step.done:
        handling.done(work.records[step.done - 1])
    if step.given_up and not _give_up(step.given_up, ATTEMPTS_EXHAUSTED, work.retries + 1, handling):
        return (Work(step.given_up, work.retries),)
    return step.again


def _failed_from(records: Sequence[Record], failed_before: int, handling: Handling) -> int | None:
    mapping = handling.mapping
    numbers = [sequence_number(record) for record in records]
    try:
        answer = handling.invoke(to_event(records))
        failed = failures(answer, numbers) if mapping.partial_responses else set()
    except (Exception, SystemExit) as error:
        cause = f"{type(error).__name__}: {error}"
        trace = None if failed_before else error  # once is enough: the same batch may fail for hours
        _log.error("%s failed at %s: %s", mapping.handler, _span(records), cause, exc_info=trace)
        return 0
    failed_from = first_failed(records, failed)
    if failed_from is not None:
        _log.error("%s reported as failed: record %s", mapping.handler, numbers[failed_from])
    return failed_from


def _give_up(records: Sequence[Record], condition: str, invocations: int, handling: Handling) -> bool:
    _log.error("%s: gives up %s: %s", handling.mapping.handler, _span(records), condition)
    return handling.give_up(records, condition, invocations)


def _span(records: Sequence[Record]) -> str:
    first, last = sequence_number(records[0]), sequence_number(records[-1])
    return f"record {first}" if len(records) == 1 else f"records {first} to {last} ({len(records)})"
