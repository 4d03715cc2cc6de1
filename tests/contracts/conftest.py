"""The shop over the real handlers, with something to sell, to hold documents and rights against."""

import pytest

from tests.contracts.stocked import stock
from tests.shop import Shop, open_shop


@pytest.fixture
def shop(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The three capabilities, with what `stock` puts there."""
    shop = open_shop(monkeypatch.setenv)
    stock(shop)
    return shop
