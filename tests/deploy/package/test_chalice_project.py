"""Chalice gets a copy, and says in a line what it can not package."""

import json
from pathlib import Path

import pytest

from infra.deploy.package import chalice_project
from infra.deploy.package.errors import NotPacked

CONFIG = {"version": "2.0", "app_name": "sample", "stages": {"dev": {}}}
APP = "from chalice import Chalice\napp = Chalice('sample')\n@app.route('/')\ndef index():\n    return {}\n"


def a_project(folder: Path, app: str) -> Path:
    (folder / "shared" / "common").mkdir(parents=True)
    (folder / "shared" / "common" / "__init__.py").write_text("")
    project = folder / "sample"
    for name in ("vendor", "chalicelib/__pycache__", ".chalice/deployments"):
        (project / name).mkdir(parents=True)
    (project / "vendor" / "common").symlink_to("../../shared/common")
    for name in ("a.py~", ".a.py.swp", "__pycache__/a.pyc", "a.pyc", "a.py.orig", "a.py.rej"):
        (project / "chalicelib" / name).touch()
    (project / ".chalice" / "deployments" / "a").touch()
    (project / "chalicelib" / "a.py").write_text("")
    (project / "requirements.txt").write_text("msgspec==0.22.0")
    (project / "app.py").write_text(app)
    return project


def overlay(folder: Path) -> Path:
    path = folder / "overlay.yaml"
    path.write_text("Resources: {APIHandler: {Properties: {Timeout: 7}}}")
    return path


def test_a_copy_has_the_projects_files_and_nothing_that_tools_left_there(tmp_path: Path) -> None:
    chalice_project.copy(a_project(tmp_path, APP), CONFIG, tmp_path / "copied")
    files = {path.relative_to(tmp_path / "copied").as_posix(): path for path in (tmp_path / "copied").rglob("*.*")}
    assert {name for name, path in files.items() if path.is_file()} == {
        ".chalice/config.json",
        "app.py",
        "chalicelib/a.py",
        "requirements.txt",
        "vendor/common/__init__.py",
    }
    assert not (tmp_path / "copied" / "vendor" / "common").is_symlink()
    assert json.loads(files[".chalice/config.json"].read_bytes()) == CONFIG


def test_chalice_gives_the_code_and_the_merged_template(tmp_path: Path) -> None:
    chalice_project.copy(a_project(tmp_path, APP), CONFIG, tmp_path / "copied")
    template = chalice_project.package(tmp_path / "copied", "dev", overlay(tmp_path), tmp_path / "code")
    assert template["Resources"]["APIHandler"]["Properties"]["Timeout"] == 7
    assert (tmp_path / "code" / "app.py").read_text() == APP
    assert (tmp_path / "code" / "common" / "__init__.py").is_file()
    assert (tmp_path / "code" / "chalice" / "app.py").is_file()


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ("import os\nimport nowhere", "app.py, line 2: ModuleNotFoundError: No module named 'nowhere'"),
        ("app = 1 +", "app.py, line 1: SyntaxError: invalid syntax"),
    ],
)
def test_an_app_that_can_not_be_loaded_is_refused_with_the_place_that_is_wrong(
    app: str, said: str, tmp_path: Path
) -> None:
    chalice_project.copy(a_project(tmp_path, app), CONFIG, tmp_path / "copied")
    with pytest.raises(NotPacked) as refused:
        chalice_project.package(tmp_path / "copied", "dev", overlay(tmp_path), tmp_path / "code")
    assert str(refused.value) == f"chalice can not package copied: {said}"
