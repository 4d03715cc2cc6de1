"""From the capability's queue to its reactions: each message is heard on its own, and one that fails comes again."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from chassis import auth, log, metrics, settings
from chassis.messages import Message

Event = dict[str, Any]
Reaction = Callable[[Message[Any]], None]
SPARE = 4_000  # milliseconds that hearing a message may take when calls have to be tried again


class NotHeard(Exception):
    """Some messages failed: the batch is to be delivered again."""


class _Head(Struct, frozen=True):
    """The part of a message that tells who is to hear it."""

    id: str
    type: str
    traceparent: str = ""
    actor: str = ""


def hear(event: Event, reactions: Mapping[str, Reaction], context: Any = None) -> Event:
    """Gives each message of a batch to the reaction for its type; a message that fails leaves the others alone.

    Those for which no time is left come again, too, while what was heard does not.
    Answers with those that failed where the mapping asks for partial answers, and raises otherwise: without that
    setting Lambda ignores the answer and would delete them.
    """
    failed = [each["messageId"] for each in event["Records"] if not _is_heard_in_time(each, reactions, context)]
    retried = sum(_received(record) > 1 for record in event["Records"])
    counted = {"MessagesFailed": len(failed), "MessagesRetried": retried}
    metrics.measure({name: times for name, times in counted.items() if times})
    if failed and not settings.on("PARTIAL_BATCH_RESPONSES"):
        raise NotHeard(f"messages {', '.join(failed)}")
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _is_heard_in_time(record: Event, reactions: Mapping[str, Reaction], context: Any) -> bool:
    """Where the function would be ended while it hears this one, all of the batch would come again."""
    left = getattr(context, "get_remaining_time_in_millis", None)
    if left is None or left() > SPARE:
        return _is_heard(record, reactions)
    log.follow(None)
    log.warn("no time is left", message_id=record["messageId"])
    return False


def _is_heard(record: Event, reactions: Mapping[str, Reaction]) -> bool:
    try:
        _react(record["body"], reactions)
        return True
    except Exception as error:  # any fault means: deliver this one again, and at last set it aside
        log.fail("not heard", error, message_id=record["messageId"], received=_received(record))
        return False


def _received(record: Event) -> int:
    """How often this message was delivered, this time included."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def _react(body: str, reactions: Mapping[str, Reaction]) -> None:
    head = _head(body)
    log.follow(head.traceparent)
    reaction = reactions.get(head.type)
    if reaction is None:
        log.warn("nobody here listens to this", event=head.id, type=head.type)
        return
    with auth.on_behalf_of(head.actor):
        reaction(_decoder(reaction).decode(body))
    log.say("heard", event=head.id, type=head.type)


def _head(body: str) -> _Head:
    try:
        return msgspec.json.decode(body, type=_Head)
    except msgspec.MsgspecError:
        log.follow(None)  # what is told of it is not to stand in the trace of the message before it
        raise


@cache
def _decoder(reaction: Reaction) -> msgspec.json.Decoder[Message[Any]]:
    """Reads exactly what the reaction's own parameter asks for, and ignores the rest of the message."""
    hints = get_type_hints(reaction)
    [heard] = [hint for name, hint in hints.items() if name != "return"]
    return msgspec.json.Decoder(heard)
