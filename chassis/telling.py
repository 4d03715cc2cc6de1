"""Telling again: what others keep copies of is told anew days after it was saved, in case nobody heard it then.

An item carries the facts of its last save (`outbox`), and the relay tells what any written item carries. So to touch an
item, which moves its place among those that are due and changes nothing else, is to tell it as it stands: the same
events, which whoever has heard them takes for what they are.
"""

import zlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from chassis import log
from chassis.clock import stamp
from chassis.table import Index, NotWritten, Table
from chassis.writes import Touch

# After the save, and then after each time: a day, four and thirteen days after the save. Longer than what loses facts.
WAITS = (timedelta(days=1), timedelta(days=3), timedelta(days=9))
SHARDS = 4  # of what is due: one index key takes 1,000 writes a second
AT_ONCE = 100  # of each shard at one tick; the next tick takes the next
TELLING = Index("telling", "tell_shard", "tell_at")


def entries(id: str, saved_at: datetime) -> Mapping[str, str]:
    """The index attributes of what was just saved: it is to be told again, for the first time."""
    return {TELLING.hash: str(zlib.crc32(id.encode()) % SHARDS), TELLING.range: _place(saved_at + WAITS[0], 0)}


def tell_again(table: Table, now: datetime) -> None:
    """Tells again what is due, the longest due of each shard first; one that fails holds up no other."""
    for shard in range(SHARDS):
        page = table.page(TELLING, str(shard), AT_ONCE, up_to=stamp(now))
        for key, place in zip(page.keys, page.ranges, strict=True):
            try:
                _tell(table, key, place)
            except Exception as error:  # it stays where it is, and comes again with the next tick
                log.fail("did not tell again", error, item=key)


def _tell(table: Table, key: str, place: str) -> None:
    with suppress(NotWritten):  # it was saved in between, which told it, or another tick was here
        table.write(Touch(key, TELLING.range, place, _next(place) or None))


def _next(place: str) -> str:
    """Where it stands once it was told at that place; "" when that was the last time."""
    due, _, times = place.partition("/")
    again = int(times) + 1
    return _place(datetime.fromisoformat(due) + WAITS[again], again) if again < len(WAITS) else ""


def _place(due: datetime, times: int) -> str:
    """When it is due, and how often it was told again before: the index sorts it by the one and keeps the other."""
    return f"{stamp(due)}/{times}"
