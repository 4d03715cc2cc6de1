"""When a schedule fires."""

from datetime import UTC, datetime

import pytest

from infra.local.sources.cron import next_fire


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("rate(1 minute)", "2026-03-01T10:00:07", "2026-03-01T10:01:07"),
        ("rate(5 minutes)", "2026-03-01T10:00:00", "2026-03-01T10:05:00"),
        ("rate(12 hours)", "2026-03-01T13:00:00", "2026-03-02T01:00:00"),
        ("rate(1 day)", "2026-02-28T13:00:00", "2026-03-01T13:00:00"),
        ("cron(0 10 * * ? *)", "2026-03-01T09:59:59", "2026-03-01T10:00:00"),
        ("cron(0 10 * * ? *)", "2026-03-01T10:00:00", "2026-03-02T10:00:00"),
        ("cron(15 12 * * ? *)", "2026-12-31T12:15:01", "2027-01-01T12:15:00"),
        ("cron(0 18 ? * MON-FRI *)", "2026-03-06T18:00:00", "2026-03-09T18:00:00"),
        ("cron(0 8 1 * ? *)", "2026-01-15T00:00:00", "2026-02-01T08:00:00"),
        ("cron(0/15 * * * ? *)", "2026-03-01T10:15:30", "2026-03-01T10:30:00"),
        ("cron(*/20 * * * ? *)", "2026-03-01T10:40:00", "2026-03-01T11:00:00"),
        ("cron(5-35/10 8-9 ? * 2 *)", "2026-03-02T08:35:00", "2026-03-02T09:05:00"),
        ("cron(0 0 29 2 ? *)", "2026-03-01T00:00:00", "2028-02-29T00:00:00"),
        ("cron(0 0 31 * ? *)", "2026-03-31T00:00:00", "2026-05-31T00:00:00"),
        ("cron(0 0 ? jan,JUL sun *)", "2026-01-31T00:00:00", "2026-07-05T00:00:00"),
        ("cron(30 6 * * ? 2030-2032)", "2026-01-01T00:00:00", "2030-01-01T06:30:00"),
    ],
)
def test_a_schedule_fires_next_at(expression: str, after: str, expected: str) -> None:
    assert next_fire(expression, at(after)) == at(expected)


def test_a_schedule_whose_years_are_over_never_fires_again() -> None:
    assert next_fire("cron(0 0 1 1 ? 2020)", at("2026-01-01T00:00:00")) is None


@pytest.mark.parametrize(
    ("expression", "cause"),
    [
        ("every minute", "neither rate"),
        ("rate(1 minutes)", "singular"),
        ("rate(5 minute)", "singular"),
        ("rate(0 minutes)", "positive number"),
        ("rate(5 seconds)", "minute"),
        ("cron(0 10 * * *)", "5 fields, not 6"),
        ("cron(0 10 * * * *)", r"wants \? in one"),
        ("cron(0 10 ? * ? *)", r"wants \? in one"),
        ("cron(60 10 * * ? *)", "minutes must be 0 to 59, not 60"),
        ("cron(0 10 0 * ? *)", "day-of-month must be 1 to 31, not 0"),
        ("cron(0 10 ? * 8 *)", "day-of-week must be 1 to 7, not 8"),
        ("cron(0 10 L * ? *)", "day-of-month 'L' is not understood: L, W and # are not run locally"),
        ("cron(0 10 15W * ? *)", "'15W' is not understood: L, W and #"),
        ("cron(0 10 ? * MON#1 *)", "'MON#1' is not understood: L, W and #"),
        ("cron(0 20-10 * * ? *)", "ends before it begins"),
        ("cron(0/0 10 * * ? *)", "positive step"),
        ("cron(? 10 * * ? *)", r"minutes '\?' is not understood"),
        ("cron(1, 10 * * ? *)", "minutes '' is not understood"),
    ],
)
def test_a_wrong_expression_says_what_is_wrong_with_it(expression: str, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        next_fire(expression, at("2026-01-01T00:00:00"))
