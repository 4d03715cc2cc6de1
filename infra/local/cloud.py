"""The seam to the local cloud: how each kind of it is started, where it answers, and when it is ready."""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from infra.local import ministack
from infra.own_environment import prepared

MODULES = {"moto": "infra.local.moto.server", "ministack": "infra.local.ministack"}
# The request that readiness is asked with: every cloud has DynamoDB, and no local one looks at a signature.
QUESTION = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
    ),
}
PAUSE_SECONDS = 0.05


class UnknownCloud(ValueError):
    """The kind is neither one that can be started nor a URL."""


class NotReady(TimeoutError):
    """Nothing that speaks DynamoDB answered in time."""


def command(kind: str, port: int, more: Sequence[str] = ()) -> list[str] | None:
    """The command that runs the cloud as a child on 127.0.0.1:port; None for a URL, where one runs already.

    The child ends on SIGTERM and when its standard input does; `more` are arguments that moto alone takes. MiniStack is
    installed here, the first time, so that starting it is quick. Raises UnknownCloud.
    """
    if is_url(kind):
        return None
    if kind == "ministack":
        prepared(ministack.ENVIRONMENT, ministack.LOCK)
    return [sys.executable, "-m", module_of(kind), "--port", str(port), "--tied", *more]


def endpoint(kind: str, port: int) -> str:
    """The URL for AWS clients, without a slash at its end. Raises UnknownCloud."""
    if is_url(kind):
        return kind.rstrip("/")
    module_of(kind)
    return f"http://127.0.0.1:{port}"


def is_url(kind: str) -> bool:
    return kind.startswith(("http://", "https://"))


def module_of(kind: str) -> str:
    if kind not in MODULES:
        raise UnknownCloud(f"there is no cloud {kind!r}: choose {', '.join(MODULES)} or the URL of one that runs")
    return MODULES[kind]


def wait_until_ready(endpoint: str, deadline: float) -> None:
    """Returns once the cloud answers DynamoDB calls. Raises NotReady at the deadline, a time of time.monotonic()."""
    while problem := what_is_wrong(endpoint):
        if time.monotonic() >= deadline:
            raise NotReady(f"the cloud at {endpoint} is not ready: {problem}")
        time.sleep(PAUSE_SECONDS)


def what_is_wrong(endpoint: str) -> str | None:
    request = urllib.request.Request(endpoint + "/", data=b"{}", headers=QUESTION, method="POST")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=5) as response:
            return None if b"TableNames" in response.read() else "it does not speak DynamoDB"
    except urllib.error.HTTPError as refusal:
        return f"it answers {refusal.code}"
    except OSError as problem:
        return str(getattr(problem, "reason", problem))
