"""The shop in one process, empty or with something to sell."""

from collections.abc import Iterator

import pytest

from chassis import aws
from tests.rights import guarded
from tests.shop import Shop, open_shop


@pytest.fixture
def shop(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The three capabilities over an empty cloud, where no function may do what its role does not allow."""
    shop = open_shop(monkeypatch.setenv)
    aws.use(guarded)
    yield shop
    aws.use(None)


@pytest.fixture
def ada(shop: Shop) -> str:
    """The id of a customer of whom all have heard, in a shop that sells ten teas and ten mugs."""
    for sku, amount in (("tea", 349), ("mug", 1250)):
        price = {"amount": amount, "currency": "USD"}
        assert shop.call("POST", "/products", {"sku": sku, "name": sku.title(), "price": price}).status == 201
        stocked = shop.call("POST", f"/products/{sku}/stock-adjustments", {"delta": 10, "reason": "delivery"})
        assert stocked.status == 201
    customer = shop.customer("ada")
    shop.settle()
    return customer
