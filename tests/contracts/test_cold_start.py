"""What a function makes in its init phase is what it needs, and what it may use."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from chassis import aws, cold_start
from infra.apps_in_process import ROOT, app_folders, load_apps
from infra.local.clients import Clients
from infra.local.stacks import apply
from tests.infra.stacks.project import STACKS
from tests.rights import Function, declared, functions, granted


@pytest.fixture
def made() -> Iterator[list[str]]:
    """The services whose clients are made."""
    made: list[str] = []
    aws.use(made.append)
    yield made
    aws.use(None)
    gc.unfreeze()


@pytest.fixture
def services(cloud: None) -> dict[Function, set[str]]:
    """The services that each function's role lets it call, its event source's aside."""
    exports = apply(STACKS, {"Stage": "test"}, Clients())
    roles = {
        function: role
        for name in app_folders()
        for function, role in functions(name, exports, {"Stage": "test"}).items()
    }
    own = {
        function: [right for right in granted(role) if "/stream/" not in right[1]] for function, role in roles.items()
    }
    return {function: {action.partition(":")[0] for action, _ in rights} for function, rights in own.items()}


@pytest.mark.parametrize(
    "function", [(name, each) for name in app_folders() for each in sorted(declared(name))], ids=".".join
)
def test_a_function_makes_one_client_before_its_first_request_and_may_use_it(
    function: Function, made: list[str], services: dict[Function, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, handler = function
    monkeypatch.setenv("_HANDLER", f"app.{'app' if handler == 'api_handler' else handler}")
    cold_start.ready(load_apps()[name].app)
    assert made == ["sns" if handler == "relay" else "dynamodb"]
    assert made[0] in services[function]


def test_what_is_there_when_a_function_is_ready_is_left_to_no_collector(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_HANDLER", "app.app")
    gc.disable()
    cold_start.ready(load_apps()["orders"].app)
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


@pytest.mark.parametrize(("handler", "imported"), [("app", "False"), ("identify", "True")])
def test_an_authorizer_alone_has_its_cryptography_before_its_first_request(handler: str, imported: str) -> None:
    code = "import app, sys; from chassis import cold_start; cold_start.ready(app.app); print('jwt' in sys.modules)"
    told = {"_HANDLER": f"app.{handler}", "PYTHONPATH": f"{ROOT}:{app_folders()['orders']}"}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | told, capture_output=True, text=True)
    assert done.stdout.strip() == imported, done.stderr
