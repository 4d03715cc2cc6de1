"""The shop in one process, empty or with something to sell."""

import pytest

from tests.shop import Shop, open_shop


@pytest.fixture
def shop(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The three capabilities over an empty cloud."""
    return open_shop(monkeypatch.setenv)
