"""The one seam to AWS: every client that the capabilities use is made here, once, and can be replaced as a whole."""

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

Maker = Callable[[str], Any]

# Short limits: a function lives for seconds, and whoever called it asks again.
CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,  # three tries end before a function does (10 s)
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
    user_agent="emporium",  # the usual one is made anew for each call, a sixth of what a call costs
    parameter_validation=False,  # a fifth of a call; what we send was checked or made by ourselves
)
_PASSING = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
_lock = threading.Lock()
_clients: dict[str, Any] = {}


@cache
def _session() -> botocore.session.Session:
    """One for all clients: what it has read of settings and services is not read again."""
    return botocore.session.get_session()


def _make(service: str) -> Any:
    return _session().create_client(service, config=CONFIG)


_maker: Maker = _make


def use(maker: Maker | None) -> None:
    """Takes clients from another maker (a simulation's); None gives botocore's back. Forgets those made so far."""
    global _maker
    with _lock:
        _maker = maker or _make
        _clients.clear()


def client(service: str) -> Any:
    """The process's client for a service; a session makes clients one thread at a time, and they may be shared."""
    if service not in _clients:
        with _lock:
            if service not in _clients:
                _clients[service] = _maker(service)
    return _clients[service]


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed later: throttled, timed out, out of reach."""
    if isinstance(error, ClientError):
        code, status = (
            error.response["Error"].get("Code"),
            error.response["ResponseMetadata"]["HTTPStatusCode"],
        )
        return code in _PASSING or status >= 500
    return isinstance(error, BotoCoreError)
