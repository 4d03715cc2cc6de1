"""Each function is told what it reads, and nothing that nobody reads: held against the whole life of the shop."""

import ast
import os
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chassis import settings
from infra.apps_in_process import ROOT, app_folders
from tests.contracts.test_rights import live_through_everything
from tests.deploy.translated import in_stage, of_type
from tests.rights import Function, at_work
from tests.shop import Shop, forget_sign_outs

Names = dict[Function, set[str]]
READERS = {"text", "number", "rate", "on"}


@pytest.fixture(scope="module")
def told() -> Names:
    """What each function's environment has in AWS."""
    return {
        (capability, each["Handler"].removeprefix("app.").replace("app", "api_handler")): set(
            each["Environment"]["Variables"]
        )
        for capability in app_folders()
        for each in of_type(in_stage(capability), "AWS::Lambda::Function").values()
    }


@pytest.fixture
def read(shop: Shop, told: Names, monkeypatch: pytest.MonkeyPatch) -> Names:
    """What each function asks for from here on; it gets what it is told in AWS, and nothing else."""
    found: Names = defaultdict(set)

    def get(name: str) -> str | None:
        function = at_work()
        if function is None:
            return os.environ.get(name)
        found[function].add(name)
        return os.environ.get(name) if name in told[function] else None

    monkeypatch.setattr(settings, "os", SimpleNamespace(environ=SimpleNamespace(get=get)))
    forget_sign_outs()
    return found


def page_on(shop: Shop) -> None:
    """Whoever pages has a cursor; one that is not ours is refused only by the key."""
    for path in ("/products?cursor=AAAA", "/orders?customer_id=ada&cursor=AAAA"):
        assert shop.call("GET", path).body["errors"][0]["parameter"] == "cursor"


def test_with_what_it_is_told_in_aws_every_function_does_all_that_it_does(shop: Shop, read: Names) -> None:
    live_through_everything(shop)
    page_on(shop)
    assert {name for _, name in read} >= {"api_handler", "identify", "inbox", "relay", "tick"}


def test_nothing_is_told_that_nobody_reads(shop: Shop, read: Names, told: Names) -> None:
    live_through_everything(shop)
    page_on(shop)
    for capability in app_folders():
        by_capability = {name for (owner, _), names in read.items() if owner == capability for name in names}
        known = by_capability | written(ROOT / "chassis") | written(app_folders()[capability])
        for function, names in told.items():
            assert function[0] != capability or names <= known, function


def test_what_only_some_functions_are_told_each_of_them_reads(shop: Shop, read: Names, told: Names) -> None:
    live_through_everything(shop)
    page_on(shop)
    for capability in app_folders():
        own = {function: names for function, names in told.items() if function[0] == capability}
        shared = set.intersection(*own.values())
        for function, names in own.items():
            assert names - shared - {"PARTIAL_BATCH_RESPONSES"} <= read[function], function


def written(folder: Path) -> set[str]:
    """The variables that are named in so many letters where a setting is read."""
    calls = [
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _is_reader(node.func) and node.args
    ]
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


def _is_reader(function: Any) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in READERS
        and isinstance(function.value, ast.Name)
        and function.value.id == "settings"
    )
