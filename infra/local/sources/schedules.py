"""Fires a handler by its schedule, as an EventBridge rule does."""

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from infra.local.clients import ACCOUNT_ID, REGION
from infra.local.sources.activity import Activity
from infra.local.sources.cron import next_fire
from infra.local.sources.mapping import Invoke, ScheduleMapping

_log = logging.getLogger(__name__)
_LONGEST_WAIT_SECONDS = 60.0  # the clock may be set, or the machine sleep, while we wait


def utc_now() -> datetime:
    return datetime.now(UTC)


def run(
    mapping: ScheduleMapping,
    invoke: Invoke,
    stop: threading.Event,
    activity: Activity,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Until `stop`, or until the schedule has no more moments.

    One at a time: a moment that passes while the handler runs is left out. A failed one is logged and not
    tried again: the next one comes.
    """
    due = next_fire(mapping.expression, now())
    while due and _wait_until(due, stop, now):
        _fire(mapping, invoke, due)
        activity.touch()
        following = next_fire(mapping.expression, due)
        due = following if following and following > now() else next_fire(mapping.expression, now())


def to_event(rule: str, moment: datetime) -> dict[str, Any]:
    """https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-schedule.html"""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


def _wait_until(moment: datetime, stop: threading.Event, now: Callable[[], datetime]) -> bool:
    """False if a stop came first."""
    while (left := (moment - now()).total_seconds()) > 0:
        if stop.wait(min(left, _LONGEST_WAIT_SECONDS)):
            return False
    return not stop.is_set()


def _fire(mapping: ScheduleMapping, invoke: Invoke, moment: datetime) -> None:
    try:
        invoke(to_event(mapping.handler, moment))
    except (Exception, SystemExit) as error:
        _log.error("%s failed, due at %s", mapping.handler, moment.isoformat(), exc_info=error)
