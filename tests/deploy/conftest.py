"""What the tests of deploying share: a local engine for each file of them, and the capabilities as they are packed."""

from collections.abc import Iterator

import pytest

from infra.deploy.aws import Aws, connect
from tests.deploy.ministack import running
from tests.deploy.packages import packages

__all__ = ["packages"]


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture(scope="module")
def aws(engine: str) -> Iterator[Aws]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", engine)
        yield connect()
