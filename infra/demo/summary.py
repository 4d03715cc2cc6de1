"""From what became of each order to the figures that tell how the shop did."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Status = Literal["confirmed", "rejected", "cancelled", "waiting", "refused"]
_SHOWN = 5  # products that were short


@dataclass(frozen=True)
class Outcome:
    """What became of an order, and the seconds from placed until then; `short` has the products that ran out.

    `refused`: the shop did not take it. `waiting`: it did, and nothing has come of it yet.
    """

    order: str
    status: Status
    seconds: float | None = None
    reason: str | None = None
    short: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """`p50` and `p99` are of the seconds from placed to confirmed; None where no order was confirmed."""

    orders: int
    seconds: float
    counts: Mapping[Status, int]
    reasons: Mapping[tuple[Status, str], int]
    shortest: Sequence[tuple[str, int]]
    p50: float | None
    p99: float | None

    @property
    def per_second(self) -> float:
        """Orders whose outcome is known, for each second."""
        settled = self.counts["confirmed"] + self.counts["rejected"] + self.counts["cancelled"]
        return settled / self.seconds if self.seconds > 0 else 0.0

    @property
    def all_settled(self) -> bool:
        return not self.counts["waiting"] and not self.counts["refused"]


def summarise(outcomes: Iterable[Outcome], seconds: float) -> Summary:
    """The figures of a play that took so long; `shortest` has the products that were short most often first."""
    known = list(outcomes)
    statuses: tuple[Status, ...] = ("confirmed", "rejected", "cancelled", "waiting", "refused")
    times = sorted(each.seconds for each in known if each.status == "confirmed" and each.seconds is not None)
    short = Counter(product for each in known for product in each.short)
    return Summary(
        orders=len(known),
        seconds=seconds,
        counts={status: sum(each.status == status for each in known) for status in statuses},
        reasons=Counter((each.status, each.reason) for each in known if each.reason),
        shortest=sorted(short.items(), key=lambda item: (-item[1], item[0])),
        p50=percentile(times, 50),
        p99=percentile(times, 99),
    )


def percentile(ascending: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the least value that so many percent of the values do not exceed."""
    return ascending[max(0, math.ceil(len(ascending) * percent / 100) - 1)] if ascending else None


def text(summary: Summary, names: Mapping[str, str]) -> Iterator[str]:
    """The summary in lines for people; `names` of products by their id."""
    yield f"{summary.orders} orders in {summary.seconds:.1f} s: {summary.per_second:.1f} orders/s"
    for status, count in summary.counts.items():
        if count or status in ("confirmed", "rejected", "cancelled"):
            yield f"  {_LABELS[status]:<14} {count:>6}{_reasons(summary, status)}"
    if summary.shortest:
        shown = [f"{names.get(id, id)} ({count})" for id, count in summary.shortest[:_SHOWN]]
        more = len(summary.shortest) - len(shown)
        yield f"  short most often: {', '.join(shown)}{f' and {more} more' if more else ''}"
    if summary.p50 is not None and summary.p99 is not None:
        yield f"  time to confirmation: p50 {summary.p50 * 1000:.0f} ms, p99 {summary.p99 * 1000:.0f} ms"


_LABELS: dict[Status, str] = {
    "confirmed": "confirmed",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "waiting": "still waiting",
    "refused": "not accepted",
}


def _reasons(summary: Summary, status: Status) -> str:
    told = [f"{reason} {count}" for (of, reason), count in summary.reasons.items() if of == status]
    return f"  ({', '.join(told)})" if told else ""
