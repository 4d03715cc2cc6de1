"""The shop in one process, as an operator sees it."""

import pytest

from infra.operate.place import Place, of_clients
from tests.integration.conftest import ada, shop
from tests.shop import Shop

__all__ = ["ada", "shop"]


@pytest.fixture
def place(shop: Shop) -> Place:
    return of_clients("test", shop.clients)
