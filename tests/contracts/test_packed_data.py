"""All that the functions call is in the SDK's data as it is packed for them."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.loaders import Loader

from chassis import aws
from infra.apps_in_process import app_folders
from infra.deploy.package.steps import sdk, service_data
from tests.contracts.test_rights import live_through_everything
from tests.deploy.package.steps.folders import after, own_code
from tests.rights import at_work
from tests.shop import Shop

Called = dict[str, set[tuple[str, str]]]  # of each capability: service and operation


class Packed:
    """The clients that each capability has when it is packed, in one process: for whoever is calling, his own."""

    def __init__(self, folders: dict[str, Path], called: Called) -> None:
        self._sessions = {name: _session(folder / "botocore" / "data") for name, folder in folders.items()}
        self._made: dict[tuple[str, str], Any] = {}
        self._called = called

    def client(self, name: str, service: str) -> Any:
        if (name, service) not in self._made:
            made = self._made[name, service] = self._sessions[name].create_client(service)
            made.meta.events.register(
                "before-call.*.*", lambda model, **_: self._called[name].add((service, model.name))
            )
        return self._made[name, service]


class _OfWhoeverCalls:
    def __init__(self, packed: Packed, service: str) -> None:
        self._packed, self._service = packed, service

    def __getattr__(self, operation: str) -> Any:
        function = at_work()
        assert function, f"no function calls {operation}"
        return getattr(self._packed.client(function[0], self._service), operation)


def _session(data: Path) -> botocore.session.Session:
    """Knows nothing of AWS but what is packed."""
    session = botocore.session.get_session()
    session.register_component("data_loader", Loader([str(data)], include_default_search_paths=False))
    return session


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    return {name: after(own_code(name, tmp_path / name), sdk, service_data) for name in app_folders()}


@pytest.fixture
def called(shop: Shop, folders: dict[str, Path]) -> Iterator[Called]:
    called: Called = defaultdict(set)
    packed = Packed(folders, called)
    aws.use(lambda service: _OfWhoeverCalls(packed, service))
    yield called
    aws.use(None)


def test_every_call_of_the_functions_is_made_by_the_packed_data_and_no_service_is_packed_for_nothing(
    shop: Shop, folders: dict[str, Path], called: Called
) -> None:
    live_through_everything(shop)
    for name, folder in folders.items():
        there = {path.parent.parent.name for path in folder.glob("botocore/data/*/*/service-2.json")}
        assert there == {service for service, _ in called[name]}, name
