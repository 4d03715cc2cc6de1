"""Clients for the cloud in this process."""

import pytest

from infra.local.clients import Clients


@pytest.fixture
def clients(cloud: None) -> Clients:
    return Clients()
