"""A fresh cloud inside the test's own process."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from infra.local.clients import Clients


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield Clients()
