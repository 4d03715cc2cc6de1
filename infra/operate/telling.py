"""Tells facts again: puts what items tell on their capability's topic, as its relay does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from chassis import relay
from infra.operate.facts import Facts, Item, told_by
from infra.operate.pace import Pace
from infra.operate.place import Place

AT_ONCE = relay.ENTRIES


@dataclass(frozen=True)
class Told:
    """What came of one item: the ids and types of what it told, or why it could not."""

    key: str
    facts: tuple[tuple[str, str], ...] = ()
    cause: str | None = None


def tell(
    place: Place, capability: str, items: Iterable[Item], facts: Facts, pace: Pace, *, dry_run: bool = False
) -> Iterator[Told]:
    """Gives one `Told` for each item that has something to tell; `dry_run` tells nobody else."""
    remaining = iter(items)
    while batch := list(islice(remaining, AT_ONCE)):
        entries, ready = list[relay.Entry](), list[Told]()
        for item in batch:
            made = _entries(capability, item, facts)
            if isinstance(made, Told):
                yield made
            elif made:
                entries += made
                ready.append(Told(item["pk"]["S"], tuple((entry.id, entry.type) for entry in made)))
        failed = {} if dry_run else _publish(place, place.topic(capability), entries, pace)
        yield from (Told(each.key, (), failed[each.key]) if each.key in failed else each for each in ready)


def tell_as_it_is(place: Place, capability: str, entry: relay.Entry, pace: Pace) -> str | None:
    """Publishes one entry; gives why it could not be."""
    return _publish(place, place.topic(capability), [entry], pace).get(entry.record)


def _entries(capability: str, item: Item, facts: Facts) -> Sequence[relay.Entry] | Told:
    key = item["pk"]["S"]
    try:
        return [relay.entry_of(key, message) for message in told_by(capability, item, facts)]
    except Exception as error:  # whatever is wrong with this one item, the others are not to wait for it
        return Told(key, cause=f"{type(error).__name__}: {error}")


def _publish(place: Place, topic: str, entries: Sequence[relay.Entry], pace: Pace) -> dict[str, str]:
    """The records of which something did not get through, each with what SNS says."""
    failed: dict[str, str] = {}
    for batch in relay.batches(entries):
        pace.take(len(batch))
        for at, failure in relay.publish(place.sns, topic, batch).items():
            failed[batch[at].record] = f"{failure['Code']}: {failure.get('Message', '')}"
    return failed
