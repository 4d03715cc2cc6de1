"""moto in this process, and clients for it."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from infra.local.clients import Clients


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield Clients()
