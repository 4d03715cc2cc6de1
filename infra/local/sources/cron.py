"""When a schedule fires next, by EventBridge's rules for rate() and cron()."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day-of-month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day-of-week", 1, 7, _WEEKDAYS),
    ("year", 1970, 2199, ()),
)


@dataclass(frozen=True)
class Rate:
    every: timedelta


@dataclass(frozen=True)
class Cron:
    """The values that each field admits; of days and weekdays one is None: the `?` of the expression."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...] | None
    months: tuple[int, ...]
    weekdays: tuple[int, ...] | None
    years: tuple[int, ...]


def next_fire(expression: str, after: datetime) -> datetime | None:
    """The first moment later than `after` (UTC) at which the schedule fires; None if it never does again."""
    schedule = parse(expression)
    if isinstance(schedule, Rate):
        return after + schedule.every
    first = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    moments = (
        datetime.combine(day, time(hour, minute), tzinfo=after.tzinfo)
        for day in _days(schedule, first.date())
        for hour in schedule.hours
        for minute in schedule.minutes
    )
    return next((moment for moment in moments if moment >= first), None)


def parse(expression: str) -> Rate | Cron:
    """Raises ValueError for what EventBridge refuses, and for L, W and #, which are not run locally.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    """
    shape = re.fullmatch(r"(rate|cron)\((.*)\)", expression)
    if shape is None:
        raise ValueError(f"{expression!r} is neither rate(value unit) nor cron(six fields)")
    return _rate(expression, shape[2]) if shape[1] == "rate" else _cron(expression, shape[2].split())


def _rate(expression: str, text: str) -> Rate:
    shape = re.fullmatch(r"([1-9]\d*) (minute|hour|day)(s?)", text)
    if shape is None:
        raise ValueError(f"{expression!r} wants a positive number and minute(s), hour(s) or day(s)")
    if (shape[1] == "1") == bool(shape[3]):
        raise ValueError(f"{expression!r} wants the singular for 1 and the plural for more")
    return Rate(timedelta(**{f"{shape[2]}s": int(shape[1])}))


def _cron(expression: str, fields: list[str]) -> Cron:
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{expression!r} has {len(fields)} fields, not 6: {', '.join(f[0] for f in _FIELDS)}")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError(f"{expression!r} wants ? in one of day-of-month and day-of-week, and only in one")
    values = [
        None if text == "?" and name.startswith("day-") else _values(text, name, low, high, names)
        for text, (name, low, high, names) in zip(fields, _FIELDS, strict=True)
    ]
    return Cron(*values)  # type: ignore[arg-type]  # None only where day-of-month or day-of-week stands


def _values(text: str, name: str, low: int, high: int, names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(sorted({v for part in text.split(",") for v in _part(part, name, low, high, names)}))


def _part(part: str, name: str, low: int, high: int, names: tuple[str, ...]) -> range:
    """One member of a list: `*`, a value, a range, or either of them with a step."""

    def number(text: str) -> int:
        value = names.index(text.upper()) + low if text.upper() in names else text
        if not re.fullmatch(r"\d+", str(value)):
            hint = ": L, W and # are not run locally" if re.search("[LW#]", part) else ""
            raise ValueError(f"{name} {part!r} is not understood{hint}")
        if not low <= int(value) <= high:
            raise ValueError(f"{name} must be {low} to {high}, not {text}")
        return int(value)

    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    start = low if span == "*" else number(first)
    stop = number(last) if dash else (high if span == "*" or slash else start)
    if stop < start:
        raise ValueError(f"{name} {part!r} ends before it begins")
    if slash and not re.fullmatch(r"[1-9]\d*", step):
        raise ValueError(f"{name} {part!r} wants a positive step")
    return range(start, stop + 1, int(step or 1))


def _days(schedule: Cron, first: date) -> Iterator[date]:
    for year in (y for y in schedule.years if y >= first.year):
        for month in schedule.months:
            for day in range(1, monthrange(year, month)[1] + 1):
                found = date(year, month, day)
                if found >= first and _admits(schedule, found):
                    yield found


def _admits(schedule: Cron, day: date) -> bool:
    if schedule.days is not None:
        return day.day in schedule.days
    return schedule.weekdays is not None and day.isoweekday() % 7 + 1 in schedule.weekdays
