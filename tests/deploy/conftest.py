"""The local engine that deployments go to, one for each file of tests."""

from collections.abc import Iterator

import pytest

from infra.deploy.aws import Aws, connect
from tests.deploy.ministack import running


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture(scope="module")
def aws(engine: str) -> Iterator[Aws]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", engine)
        yield connect()
