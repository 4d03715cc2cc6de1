"""The committed documents say what the code does, are valid, and are written by one command."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from infra.contracts.command import FOLDER, contracts
from infra.contracts.documents import differences, documents, write

MADE = documents()
NAMES = [name for name in MADE if name.startswith("openapi/")]


def test_the_committed_documents_are_what_the_code_makes() -> None:
    assert differences(MADE, FOLDER) == [], "run: emporium contracts"


@pytest.mark.parametrize("name", NAMES)
def test_every_openapi_document_is_valid(name: str) -> None:
    OpenAPIV31SpecValidator(MADE[name]).validate()


def operations(name: str) -> dict[str, dict[str, Any]]:
    described = [each for methods in MADE[name]["paths"].values() for each in methods.values()]
    return {each["operationId"]: each for each in described}


@pytest.mark.parametrize("name", NAMES)
def test_a_route_says_which_roles_it_wants_and_a_public_one_that_it_wants_none(name: str) -> None:
    roles = {"public": [], "customer": ["customer", "staff", "service"], "staff": ["staff", "service"]}
    for operation in operations(name).values():
        assert operation["security"] == [{"access_token": [role]} for role in roles[operation["x-role"]]]


def test_an_answer_leads_to_what_can_be_done_with_the_thing_that_it_shows() -> None:
    leads = {
        name: set(each["responses"]["200"].get("links", ()))
        for name, each in operations("openapi/products.json").items()
        if "200" in each["responses"]
    }
    assert leads["get_from_catalogue"] == {"adjust_stock", "archive_product", "revise_product"}
    assert "revise_product" not in leads["get_stock"], "its version is not the product's"
    assert "get_product" not in leads["get_from_catalogue"], "it may be a draft, which the public is not shown"
    assert leads["list_products"] == {"list_products"}


@pytest.mark.parametrize("name", [name for name in MADE if name.startswith("events/")])
def test_every_event_schema_is_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(MADE[name])


@pytest.mark.parametrize("name", MADE)
def test_every_reference_in_a_document_leads_somewhere(name: str) -> None:
    for reference in references(MADE[name]):
        path, _, pointer = reference.partition("#")
        assert resolve(MADE[path] if path else MADE[name], pointer), f"{reference} leads nowhere"


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_in_an_openapi_document_means_the_same_in_every_dialect(name: str) -> None:
    assert [pattern for pattern in patterns(MADE[name]) if differs_by_dialect(pattern)] == []


@pytest.mark.parametrize("pattern", [r"^\S+", r"^a.b", r"^a$", r"^\d", r"[\w]", r"\ba"])
def test_a_pattern_that_differs_by_dialect_is_seen(pattern: str) -> None:
    assert differs_by_dialect(pattern)


def patterns(part: Any) -> list[str]:
    if isinstance(part, list):
        return [each for item in part for each in patterns(item)]
    if not isinstance(part, dict):
        return []
    own = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
    return own + [each for value in part.values() for each in patterns(value)]


def differs_by_dialect(pattern: str) -> bool:
    """Whether it has a set of signs, or an end, on which Python and ECMA 262 do not agree."""
    rest = pattern.replace(r"(?![\s\S])", "")
    outside = re.sub(r"\[(\\.|[^\]])*\]|\\[.$]", "", rest)
    return bool(re.search(r"\\[sSwWdDbB]", rest) or re.search(r"[.$]", outside))


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [each for item in part for each in references(item)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [each for value in part.values() for each in references(value)]


def resolve(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document.get(step.replace("~1", "/").replace("~0", "~"), {})
    return document


def test_a_reference_that_leads_nowhere_is_seen() -> None:
    assert not resolve({"$defs": {"A": {"type": "string"}}}, "/$defs/B")
    assert references({"a": [{"$ref": "#/$defs/B"}]}) == ["#/$defs/B"]


def test_a_changed_a_missing_and_a_stray_document_are_each_named(tmp_path: Path) -> None:
    write(MADE, tmp_path)
    (tmp_path / "asyncapi.json").write_text("{}", encoding="utf-8")
    (tmp_path / "openapi/orders.json").unlink()
    (tmp_path / "events/orders.OrderLost.v1.json").write_text("{}", encoding="utf-8")
    assert differences(MADE, tmp_path) == ["asyncapi.json", "events/orders.OrderLost.v1.json", "openapi/orders.json"]


def test_a_document_is_written_the_same_way_each_time(tmp_path: Path) -> None:
    write(MADE, tmp_path)
    first = {path: path.read_bytes() for path in tmp_path.glob("**/*.json")}
    write(documents(), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob("**/*.json")} == first


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the committed documents, for the command to work on."""
    copy = tmp_path / "contracts"
    shutil.copytree(FOLDER, copy)
    return copy


def test_the_check_says_which_file_differs_and_writes_nothing(folder: Path) -> None:
    (folder / "asyncapi.json").write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(contracts, ["--check", "--folder", str(folder)])
    assert result.exit_code == 1
    assert f"{folder / 'asyncapi.json'} differs" in result.output
    assert (folder / "asyncapi.json").read_text(encoding="utf-8") == "{}"


def test_the_command_brings_back_what_was_changed_by_hand(folder: Path) -> None:
    (folder / "asyncapi.json").write_text("{}", encoding="utf-8")
    (folder / "openapi/lost.json").write_text("{}", encoding="utf-8")
    assert CliRunner().invoke(contracts, ["--folder", str(folder)]).exit_code == 0
    assert CliRunner().invoke(contracts, ["--check", "--folder", str(folder)]).exit_code == 0
    assert not (folder / "openapi/lost.json").exists()


def test_the_command_does_not_write_over_a_promise_that_the_code_no_longer_keeps(folder: Path) -> None:
    path = folder / "events/orders.OrderPlaced.v1.json"
    promised = json.loads(path.read_text(encoding="utf-8"))
    promised["$defs"]["OrderPlaced"]["properties"]["gift"] = {"type": "boolean"}
    path.write_text(json.dumps(promised), encoding="utf-8")
    result = CliRunner().invoke(contracts, ["--folder", str(folder)])
    assert result.exit_code == 1
    assert "events/orders.OrderPlaced.v1.json: data.gift was removed" in result.output
    assert "gift" in path.read_text(encoding="utf-8")
