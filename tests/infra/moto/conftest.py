"""A cloud in a process of its own, for the tests of one module."""

from collections.abc import Iterator

import pytest

from tests.infra.moto.running import a_cloud


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with a_cloud() as endpoint:
        yield endpoint
