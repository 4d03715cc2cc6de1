"""A shop with ten mugs, over HTTP and in this process; and the capabilities as they are packed."""

import pytest

from tests.delivery.floor import Floor
from tests.deploy.packages import packages
from tests.shop import open_shop

__all__ = ["packages"]


@pytest.fixture
def floor(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Floor:
    shop = open_shop(monkeypatch.setenv)
    mug = {"sku": "mug", "name": "Mug", "price": {"amount": 1250, "currency": "USD"}}
    assert shop.call("POST", "/products", mug).status == 201
    delivery = {"delta": 10, "reason": "delivery"}
    assert shop.call("POST", "/products/mug/stock-adjustments", delivery).status == 201
    shop.settle()
    return Floor(shop)
