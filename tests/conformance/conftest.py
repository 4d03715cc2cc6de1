"""The engines that one contract is held on; without Java, or the jar, the third is left out and says why."""

import time
from collections.abc import Iterator

import pytest

from chassis import aws
from infra.local.cloud import wait_until_ready
from infra.local.dynamodb_local.engine import Engine
from infra.local.dynamodb_local.package import place
from tests import dynamodb_local
from tests.conformance import clouds
from tests.conformance.clouds import ENGINES, IN_MEMORY, LOCAL, TABLE, Small

READY_SECONDS = 60


@pytest.fixture(scope="session")
def local() -> Iterator[Engine]:
    """One DynamoDB Local for all tests of a process, with its tables in memory."""
    if reason := dynamodb_local.missing():
        pytest.skip(reason)
    engine = Engine(place(), None, lambda: None)
    wait_until_ready(f"http://127.0.0.1:{engine.port}", time.monotonic() + READY_SECONDS)
    yield engine
    engine.stop()


@pytest.fixture(params=ENGINES)
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    """A small cloud on each engine in turn, which is the chassis's AWS."""
    if request.param != IN_MEMORY:
        request.getfixturevalue("cloud")
    local = request.getfixturevalue("local") if request.param == LOCAL else None
    small = clouds.make(request.param, local)
    monkeypatch.setenv("CUPS_TABLE", TABLE)
    monkeypatch.setenv("CUPS_TOPIC_ARN", small.topic)
    monkeypatch.setenv("CUPS_RELAY_DLQ_URL", small.dead)
    aws.use(small.client)
    yield small
    aws.use(None)
    if local:
        small.dynamodb.delete_table(TableName=TABLE)
