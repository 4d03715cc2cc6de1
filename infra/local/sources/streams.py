"""Feeds a handler from a DynamoDB stream, as Lambda's event source mapping does."""

import threading
from pathlib import Path

from infra.local.clients import Clients
from infra.local.sources import shards
from infra.local.sources.activity import Activity
from infra.local.sources.checkpoints import TRIM_HORIZON, Checkpoints
from infra.local.sources.mapping import Invoke, StreamMapping
from infra.local.sources.patience import Patience
from infra.local.sources.shard_follower import Follower

_LOOK_SECONDS = 0.2
_DESCRIBE_SECONDS = 60.0


def run(
    mapping: StreamMapping,
    invoke: Invoke,
    clients: Clients,
    stop: threading.Event,
    checkpoints: Path,
    activity: Activity,
) -> None:
    """Until `stop`: then the invocation in flight is finished.

    A thread reads each open shard, a parent before its children. The positions are kept in a file of the
    directory `checkpoints`, from which a new run goes on.
    """
    positions = Checkpoints(checkpoints / file_name(mapping), mapping.stream_arn)
    patience = Patience(f"{mapping.handler}: {mapping.stream_arn}", stop)
    running: dict[str, threading.Thread] = {}
    while not stop.is_set():
        try:
            due = _due(mapping, clients, positions)
            patience.worked()
        except Exception as error:  # the cloud may be starting anew; a poller that ends would hide it
            patience.failed(error)
            continue
        for shard_id in (shard_id for shard_id in due if shard_id not in running):
            follower = Follower(shard_id, mapping, invoke, clients, stop, positions, activity)
            running[shard_id] = threading.Thread(target=follower.run, name=f"{mapping.handler}-{shard_id}", daemon=True)
            running[shard_id].start()
        _wait_for_change(running, stop)
    for thread in running.values():
        thread.join()


def file_name(mapping: StreamMapping) -> str:
    """Names the table as well, since several apps may call their handlers alike."""
    table = mapping.stream_arn.split("/")[1]
    return f"{table}.{mapping.handler}.json"


def _due(mapping: StreamMapping, clients: Clients, positions: Checkpoints) -> list[str]:
    found = shards.describe(clients.streams, mapping.stream_arn)
    known = positions.positions()
    begin = shards.starting(found, mapping.starting_position) if positions.fresh() else {}
    for shard in found:
        if shard.id not in known:
            positions.move(shard.id, begin.get(shard.id, TRIM_HORIZON))
    positions.keep_only({shard.id for shard in found})
    return [shard.id for shard in shards.ready(found, positions.positions())]


def _wait_for_change(running: dict[str, threading.Thread], stop: threading.Event) -> None:
    """Until a shard is finished, so that its children may be read; or for a while, if none is."""
    waited = 0.0
    while waited < _DESCRIBE_SECONDS and not stop.wait(_LOOK_SECONDS):
        waited += _LOOK_SECONDS
        ended = [shard_id for shard_id, thread in running.items() if not thread.is_alive()]
        for shard_id in ended:
            del running[shard_id]
        if ended:
            return
