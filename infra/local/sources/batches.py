"""Decides what becomes of a batch of stream records: done, again, in halves, or given up. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from infra.local.sources.mapping import StreamMapping
from infra.local.sources.stream_events import Record, created_at, sequence_number

ATTEMPTS_EXHAUSTED = "RetryAttemptsExhausted"
AGE_EXCEEDED = "RecordAgeExceeded"


@dataclass(frozen=True)
class Work:
    """Records to hand to the handler in one invocation, and how often that was tried again."""

    records: tuple[Record, ...]
    retries: int = 0


@dataclass(frozen=True)
class FollowUp:
    """After an invocation: how many leading records are done, which to give up, and what work is left."""

    done: int
    given_up: tuple[Record, ...] = ()
    again: tuple[Work, ...] = ()


def first_failed(records: Sequence[Record], failed: Collection[str]) -> int | None:
    """The index of the earliest record among the failed sequence numbers: a stream goes on from there."""
    return next((i for i, record in enumerate(records) if sequence_number(record) in failed), None)


def follow_up(work: Work, failed_from: int | None, mapping: StreamMapping) -> FollowUp:
    """`failed_from` is the index of the first failed record, None if all went well.

    A batch is halved before its tries are counted: "splitting batches doesn't consume the retry quota",
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    if failed_from is None:
        return FollowUp(len(work.records))
    left = work.records[failed_from:]
    if mapping.bisect and failed_from > 0:  # the report itself has split the batch
        return FollowUp(failed_from, again=(Work(left, work.retries),))
    if mapping.bisect and len(left) > 1:
        middle = len(left) // 2
        return FollowUp(0, again=(Work(left[:middle], work.retries), Work(left[middle:], work.retries)))
    if 0 <= mapping.max_attempts <= work.retries:
        return FollowUp(failed_from, given_up=left)
    return FollowUp(failed_from, again=(Work(left, work.retries + 1),))


def too_old(records: Sequence[Record], now: float, max_age_seconds: int) -> int:
    """How many of the leading records are older than the mapping allows; -1 allows any age."""
    if max_age_seconds < 0:
        return 0
    young = (i for i, record in enumerate(records) if now - created_at(record) <= max_age_seconds)
    return next(young, len(records))
