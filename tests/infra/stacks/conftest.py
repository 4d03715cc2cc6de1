"""A fresh cloud inside the test's own process."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from infra.local.clients import Clients


@pytest.fixture(scope="session")
def unbound_clients() -> Clients:
    """Made once: they hold no state, and making them takes longer than most tests."""
    return Clients()


@pytest.fixture
def clients(unbound_clients: Clients) -> Iterator[Clients]:
    with mock_aws():
        yield unbound_clients
