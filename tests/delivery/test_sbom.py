"""The lists of packages are valid, the same each time, and name what is packed and what is installed."""

import json
import re
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from infra.apps_in_process import app_folders
from infra.delivery.sbom import DEVELOPMENT, NotListed, document, packed_requirements
from infra.delivery.sbom_command import sbom
from tests.deploy.packages import NATIVE, Packages

OURS = {"app", "chalicelib", "chassis", "__pycache__"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The documents by name."""
    out = tmp_path_factory.mktemp("sbom") / "made"
    result = CliRunner().invoke(sbom, ["--out", str(out)])
    assert result.exit_code == 0, result.output
    return {path.name.removesuffix(".cdx.json"): path.read_text(encoding="utf-8") for path in out.iterdir()}


def components(text: str) -> set[tuple[str, str]]:
    """Name and version of each."""
    return {(canonicalize_name(each["name"]), each["version"]) for each in json.loads(text)["components"]}


def test_there_is_a_document_for_each_capability_and_one_for_what_it_is_built_with(written: dict[str, str]) -> None:
    assert written.keys() == {*app_folders(), DEVELOPMENT}
    for name, text in written.items():
        assert json.loads(text)["metadata"]["component"]["name"] == f"emporium-{name}"


def test_every_document_is_valid_cyclonedx(written: dict[str, str]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert {name: validator.validate_str(text) for name, text in written.items()} == dict.fromkeys(written)


def test_every_package_of_a_capability_has_the_hashes_that_it_may_come_with(written: dict[str, str]) -> None:
    for name in app_folders():
        for each in json.loads(written[name])["components"]:
            assert [reference for reference in each["externalReferences"] if reference["hashes"]], each["name"]


def test_the_same_commit_gives_the_same_document(written: dict[str, str]) -> None:
    assert document("orders", packed_requirements("orders")) == written["orders"]
    assert not re.search(r'"(timestamp|serialNumber)"', written["orders"])


def test_a_capabilitys_document_names_what_its_zips_hold(written: dict[str, str], packages: Packages) -> None:
    packed = packages("orders", NATIVE)
    names = [name for each in packed.zips for name in zipfile.ZipFile(packed.folder / each).namelist()]
    modules = {name.partition("/")[0].partition(".")[0] for name in names} - OURS
    holders = metadata.packages_distributions()
    held = {canonicalize_name(package) for module in modules for package in holders[module]}
    told = {name for name, _ in components(written["orders"])}
    assert held <= told
    assert told - held == {"pycparser"}  # cffi asks for it, and nothing that runs: it is taken out again


def test_the_document_of_what_it_is_built_with_names_what_is_installed_here(written: dict[str, str]) -> None:
    installed = {(canonicalize_name(each.name), each.version) for each in metadata.distributions()}
    assert {name for name, _ in installed - components(written[DEVELOPMENT])} <= {"emporium", "pip", "setuptools"}


def test_a_line_that_is_not_understood_makes_no_document() -> None:
    with pytest.raises(NotListed, match="orders: 1 of 2 requirements are not understood"):
        document("orders", ["msgspec==0.22.0", "=="])


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = CliRunner().invoke(sbom, ["--out", str(tmp_path / "file" / "below")])
    assert refused.exit_code == 2
    assert f"--out {tmp_path / 'file' / 'below'} can not be written" in refused.output
