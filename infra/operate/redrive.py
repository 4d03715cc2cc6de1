"""Gives dead letters another chance, each kind by what heals it; a letter is deleted after that, and never before.

unheard   an event that an inbox did not hear:       sent to that inbox again
parked    a fact that the relay could not tell:      what its item tells by now; where there is no item, the letter
untold    a stretch of the stream that Lambda gave   what every item tells that changed in that time, and not since
          up: only where it stood
strange   no event of ours:                          stays
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chassis import relay
from chassis.messages import Message
from infra.operate import facts
from infra.operate.boxes import DeadLetters
from infra.operate.facts import Facts, Wanted
from infra.operate.letters import Letter
from infra.operate.pace import Pace
from infra.operate.telling import Told, tell, tell_as_it_is

STRANGE = "stays: it is no event of ours; see it with `dlq show`, and discard it"


@dataclass(frozen=True)
class Outcome:
    """What came of a letter, or would: healed and deleted, or kept."""

    letter: Letter
    healed: bool
    note: str


def redrive(
    box: DeadLetters, capability: str, letters: Iterable[Letter], pace: Pace, *, dry_run: bool = False
) -> Iterator[Outcome]:
    """The letters are of the box; what this gives was done."""
    if box.box == "inbox":
        yield from _to_inbox(box, capability, letters, pace, dry_run)
    else:
        yield from _tell_again(box, capability, list(letters), pace, dry_run)


def _to_inbox(
    box: DeadLetters, capability: str, letters: Iterable[Letter], pace: Pace, dry_run: bool
) -> Iterator[Outcome]:
    inbox = box.place.queue(capability, "inbox")
    for batch in relay.batches(letters):
        sound = [each for each in batch if each.kind == "unheard"]
        yield from (Outcome(each, False, STRANGE) for each in batch if each.kind != "unheard")
        failed = {} if dry_run or not sound else _send(box, str(inbox), sound, pace)
        done = [each for each in sound if each.id not in failed]
        if not dry_run:
            box.delete(done)
        yield from (Outcome(each, True, "to the inbox") for each in done)
        yield from (Outcome(each, False, f"stays: {failed[each.id]}") for each in sound if each.id in failed)


def _send(box: DeadLetters, inbox: str, letters: Sequence[Letter], pace: Pace) -> dict[str, str]:
    """Sends them; those that SQS did not take, with what it says."""
    pace.take(len(letters))
    answer = box.place.sqs.send_message_batch(
        QueueUrl=inbox,
        Entries=[
            {"Id": str(at), "MessageBody": each.body, "MessageAttributes": dict(each.attributes)}
            for at, each in enumerate(letters)
        ],
    )
    return {letters[int(each["Id"])].id: each["Code"] for each in answer.get("Failed", ())}


def _tell_again(
    box: DeadLetters, capability: str, letters: Sequence[Letter], pace: Pace, dry_run: bool
) -> Iterator[Outcome]:
    known = facts.facts_of(capability)
    yield from (Outcome(each, False, STRANGE) for each in letters if each.kind == "strange")
    for outcome in (
        *_parked(box, capability, letters, known, pace, dry_run),
        *_untold(box, capability, letters, known, pace, dry_run),
    ):
        if outcome.healed and not dry_run:
            box.delete([outcome.letter])
        yield outcome


def _parked(
    box: DeadLetters, capability: str, letters: Sequence[Letter], known: Facts, pace: Pace, dry_run: bool
) -> Iterator[Outcome]:
    parked = [each for each in letters if each.kind == "parked"]
    found = facts.get(box.place, capability, (str(each.key) for each in parked))
    told = {each.key: each for each in tell(box.place, capability, found.values(), known, pace, dry_run=dry_run)}
    for each in parked:
        key = str(each.key)
        if key in found:
            yield _outcome(each, told.get(key, Told(key, cause=f"{key} tells nothing any more: discard it")))
        elif (entry := _whole(each)) is None:
            yield Outcome(each, False, f"stays: there is no {key} any more, and the letter is not a whole event")
        else:
            cause = None if dry_run else tell_as_it_is(box.place, capability, entry, pace)
            yield _outcome(each, Told(key, ((entry.id, entry.type),), cause))


def _untold(
    box: DeadLetters, capability: str, letters: Sequence[Letter], known: Facts, pace: Pace, dry_run: bool
) -> Iterator[Outcome]:
    """One reading of the table for all of them. What changed again since then has told that by another record."""
    lost = [(each, found) for each in letters if each.kind == "untold" and (found := each.stretch)]
    if not lost:
        return
    spans = [
        facts.around(found.approximate_arrival_of_first_record, found.approximate_arrival_of_last_record)
        for _, found in lost
    ]
    items = facts.find(box.place, capability, Wanted(changed=tuple(spans)))
    told = list(tell(box.place, capability, items, known, pace, dry_run=dry_run))
    failed = [each for each in told if each.cause]
    for each, _ in lost:
        if failed:
            note = f"stays: {failed[0].key} could not be told: {failed[0].cause}"
            yield Outcome(each, False, note)
        else:
            yield Outcome(each, True, f"tells anew the {len(told)} items that changed in the time of such letters")


def _outcome(letter: Letter, told: Told) -> Outcome:
    if told.cause:
        return Outcome(letter, False, f"stays: {told.cause}")
    return Outcome(letter, True, f"tells anew {', '.join(id for id, _ in told.facts)}")


def _whole(letter: Letter) -> relay.Entry | None:
    """The letter as it is, where it is an event and not cut off."""
    try:
        event = msgspec.json.decode(letter.body, type=Message[Any])
    except msgspec.MsgspecError:
        return None
    return relay.Entry(letter.id, event.id, event.type, event.traceparent, letter.body)
