"""What becomes of a batch of stream records."""

from hypothesis import given
from hypothesis import strategies as st

from infra.local.sources import StreamMapping
from infra.local.sources.batches import FollowUp, Work, first_failed, follow_up, too_old
from infra.local.sources.stream_events import Record, sequence_number
from tests.infra.sources.parts import STREAM_ARN, a_record, some_records


def a_mapping(bisect: bool = False, max_attempts: int = -1) -> StreamMapping:
    return StreamMapping("relay", STREAM_ARN, bisect=bisect, max_attempts=max_attempts)


def test_a_batch_that_went_well_is_done() -> None:
    assert follow_up(Work(some_records(3)), None, a_mapping()) == FollowUp(done=3)


def test_a_failed_batch_is_tried_again_whole() -> None:
    records = some_records(3)
    assert follow_up(Work(records, 1), 0, a_mapping()) == FollowUp(0, again=(Work(records, 2),))


def test_after_a_partial_failure_only_what_follows_it_is_tried_again() -> None:
    records = some_records(4)
    assert follow_up(Work(records), 2, a_mapping()) == FollowUp(2, again=(Work(records[2:], 1),))


def test_a_batch_is_given_up_after_its_first_try_and_the_allowed_further_ones() -> None:
    records = some_records(2)
    mapping = a_mapping(max_attempts=2)
    assert follow_up(Work(records, 1), 0, mapping).again == (Work(records, 2),)
    assert follow_up(Work(records, 2), 0, mapping) == FollowUp(0, given_up=records)


def test_halving_a_batch_does_not_count_as_a_further_try() -> None:
    records = some_records(5)
    step = follow_up(Work(records, 1), 0, a_mapping(bisect=True, max_attempts=1))
    assert step == FollowUp(0, again=(Work(records[:2], 1), Work(records[2:], 1)))


def test_a_partial_failure_is_itself_the_place_to_halve() -> None:
    records = some_records(5)
    assert follow_up(Work(records), 3, a_mapping(bisect=True)) == FollowUp(3, again=(Work(records[3:]),))


def test_a_stream_goes_on_from_the_earliest_failed_record() -> None:
    assert first_failed(some_records(4), {"3", "1"}) == 1
    assert first_failed(some_records(4), set()) is None


def test_records_beyond_the_greatest_age_are_the_leading_ones() -> None:
    records = [a_record(0, created=100), a_record(1, created=160), a_record(2, created=200)]
    assert too_old(records, now=220.0, max_age_seconds=60) == 1
    assert too_old(records, now=999.0, max_age_seconds=60) == 3
    assert too_old(records, now=999.0, max_age_seconds=-1) == 0


def to_the_end(count: int, poison: set[int], mapping: StreamMapping, reports: bool) -> tuple[list[str], list[str]]:
    """The records handled and those given up, each in the order in which it came to that."""
    todo, handled, given_up = [Work(some_records(count))], list[Record](), list[Record]()
    while todo:
        work = todo.pop(0)
        failed_from = first_failed(work.records, {str(number) for number in poison})
        step = follow_up(work, failed_from if reports or failed_from is None else 0, mapping)
        handled += work.records[: step.done]
        given_up += step.given_up
        todo[:0] = step.again
    return list(map(sequence_number, handled)), list(map(sequence_number, given_up))


@given(
    st.integers(1, 40),
    st.sets(st.integers(0, 39)),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
)
def test_every_record_is_handled_or_given_up_once_and_in_order(
    count: int, poison: set[int], bisect: bool, reports: bool, max_attempts: int
) -> None:
    mapping = a_mapping(bisect, max_attempts)
    handled, given_up = to_the_end(count, poison, mapping, reports)
    assert sorted(handled + given_up, key=int) == [str(number) for number in range(count)]
    assert handled == sorted(handled, key=int)
    assert given_up == sorted(given_up, key=int)


@given(st.integers(1, 40), st.sets(st.integers(0, 39)), st.booleans())
def test_halving_gives_up_the_poison_and_nothing_else(count: int, poison: set[int], reports: bool) -> None:
    _, given_up = to_the_end(count, poison, a_mapping(bisect=True, max_attempts=0), reports)
    assert given_up == [str(number) for number in sorted(poison) if number < count]
