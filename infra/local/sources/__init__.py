"""Event sources as Lambda has them: queues, streams and schedules that invoke a handler."""

import threading
from pathlib import Path

from infra.local.clients import Clients
from infra.local.sources import queues, schedules, streams
from infra.local.sources.activity import Activity
from infra.local.sources.chalice_app import of_app
from infra.local.sources.mapping import Invoke, Mapping, QueueMapping, ScheduleMapping, StreamMapping
from infra.local.sources.properties import from_properties

__all__ = [
    "Activity",
    "Invoke",
    "Mapping",
    "QueueMapping",
    "ScheduleMapping",
    "StreamMapping",
    "from_properties",
    "of_app",
    "run",
]


def run(
    mapping: Mapping,
    invoke: Invoke,
    clients: Clients,
    stop: threading.Event,
    checkpoints: Path,
    activity: Activity | None = None,
) -> None:
    """Feeds the handler from its source until `stop` is set, then returns once nothing is in flight.

    Blocks: give each mapping a thread. `invoke` is called from other threads too, for a queue from several at
    once. Share one `activity` among all that runs in the process, and touch it after each HTTP request: a
    stream then hears at once of what the request has written. `checkpoints` is a directory, made when needed.
    """
    activity = activity or Activity()
    match mapping:
        case QueueMapping():
            queues.run(mapping, invoke, clients, stop, activity)
        case StreamMapping():
            streams.run(mapping, invoke, clients, stop, checkpoints, activity)
        case ScheduleMapping():
            schedules.run(mapping, invoke, stop, activity)
