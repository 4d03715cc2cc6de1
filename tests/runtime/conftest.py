"""The shop of packed functions over a cloud that is a process of its own, made once for all that is asked of it."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra.apps_in_process import app_folders
from infra.deploy.package import Packed
from tests.contracts.stocked import stock
from tests.deploy.packages import NATIVE, Packages, packages
from tests.infra.moto.running import a_cloud
from tests.runtime.function import install_client
from tests.runtime.shop import PackedShop, open_packed

__all__ = ["packages"]
# Lambda is Linux, and so are its runtime client and what is packed for it.
collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]


@pytest.fixture(scope="session")
def packed(packages: Packages) -> Mapping[str, Packed]:
    """Every capability, for the machine that this is."""
    return {name: packages(name, NATIVE) for name in app_folders()}


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the runtime interface client."""
    return install_client(tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The cloud's."""
    with a_cloud() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def shop(
    packed: Mapping[str, Packed], client: Path, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PackedShop]:
    """With ten teas to sell."""
    with pytest.MonkeyPatch.context() as patch:
        shop = open_packed(packed, endpoint, tmp_path_factory.mktemp("code"), client, patch.setenv)
        try:
            stock(shop)
            yield shop
        finally:
            shop.close()
