"""The documents hold for whatever is made up by their rules: a short look, `make fuzz` is the long one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.contracts.command import FOLDER
from tests.fuzz.running import Shop, open_shop, run

OPENAPI = FOLDER / "openapi"
SHORT = ("--phases", "coverage,fuzzing,stateful", "--max-examples", "5", "--generation-deterministic")


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "caller"), [("customers", "ada"), ("orders", "ada"), ("products", "staff")])
def test_whatever_is_asked_is_answered_as_the_document_says(shop: Shop, name: str, caller: str, tmp_path: Path) -> None:
    ended = run(shop, OPENAPI / f"{name}.json", caller, tmp_path, *SHORT)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.timeout(300)
def test_an_answer_that_the_document_does_not_have_is_seen(shop: Shop, tmp_path: Path) -> None:
    described = json.loads((OPENAPI / "orders.json").read_text(encoding="utf-8"))
    del described["paths"]["/orders/{order_id}"]["get"]["responses"]["404"]
    short = tmp_path / "short.json"
    short.write_text(json.dumps(described), encoding="utf-8")
    flags = ("--include-operation-id", "get_order", "--phases", "fuzzing", "--generation-deterministic")
    ended = run(shop, short, "ada", tmp_path, *flags)
    assert ended.returncode == 1
    assert "Undocumented status code" in ended.stdout
