"""How often one caller may do a thing: counted in a table, one conditional write each time, forgotten after a while."""

import math

from msgspec import Struct

from chassis import clock, settings
from chassis.refusals import TooMany
from chassis.table import NotWritten, Table
from chassis.writes import Tally

KEPT = 3600  # seconds that a count outlives its window, for whoever asks what happened


class TooOften(TooMany):
    """The limit of this hour, or minute, is used up."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"This was asked too often; please ask again in {retry_after} seconds.", retry_after)


class Limit(Struct, frozen=True):
    """Times in each window of so many seconds; `setting` is where a deployment has its own, written as 10/60."""

    setting: str
    default: str

    def take(self, table: Table, who: str) -> None:
        """Counts one more for `who`; raises TooOften, with the seconds until the next window."""
        times, seconds = settings.rate(self.setting, self.default)
        now = clock.now().timestamp()
        window = int(now // seconds)
        ends = (window + 1) * seconds
        # the name is hashed: what is counted may be an email
        key = f"limit#{clock.derived_id(self.setting, who)}#{window}"
        try:
            table.write(Tally(key, times, ends + KEPT))
        except NotWritten:
            raise TooOften(max(1, math.ceil(ends - now))) from None
