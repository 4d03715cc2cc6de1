"""Time to live: expired items go, as DynamoDB's own deletions; moto only notes the setting.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
"""

import time
from threading import Event

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from infra.local.moto import items
from infra.local.moto.locking import TABLES

SWEEP_SECONDS = 30
# AWS leaves alone what expired more than five years ago: it takes it for a mistake.
OLDEST_SECONDS = 5 * 365 * 24 * 3600
DELETED_BY = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}


def sweep(now: float) -> None:
    """Removes what has expired before `now`, in seconds since the epoch, from every table with time to live."""
    with TABLES:
        for _, _, backend in list(dynamodb_backends.iter_backends()):
            for table in list(backend.tables.values()):  # type: ignore[attr-defined]  # they are DynamoDB's
                if table.ttl.get("TimeToLiveStatus") == "ENABLED":
                    sweep_table(table, table.ttl["AttributeName"], now)


def sweep_table(table: Table, attribute: str, now: float) -> None:
    for item in [item for item in table.all_items() if is_expired(item, attribute, now)]:
        items.place(table, item.hash_key, item.range_key, None)
        if table.stream_shard is not None:
            table.stream_shard.add(item, None, DELETED_BY)  # type: ignore[call-arg]  # the shard is ours


def is_expired(item: Item, attribute: str, now: float) -> bool:
    value = item.attrs.get(attribute)
    return value is not None and value.is_number() and now - OLDEST_SECONDS < float(value.value) < now


def keep_sweeping(end: Event) -> None:
    while not end.wait(SWEEP_SECONDS):
        sweep(time.time())
