"""One request at a time for DynamoDB and its streams: moto has no lock, so that conditional writes race.

SQS is not under this lock: its long polls sleep inside the handler.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any

from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

from infra.local.moto.patching import around

TABLES = RLock()


def one_at_a_time(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with TABLES:
        return original(*args, **kwargs)


def mend() -> None:
    # The whole request, the reading of the answer included: answers refer to live items.
    around(DynamoHandler, "_dispatch", one_at_a_time)
    around(DynamoDBStreamsHandler, "_dispatch", one_at_a_time)
