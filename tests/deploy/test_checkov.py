"""No template is insecure by checkov's rules, but for what is set aside with a reason."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.apps_in_process import app_folders
from infra.deploy.checkov import ENVIRONMENT, LOCK, Finding, exceptions, findings
from tests.deploy.translated import in_stage
from tests.infra.stacks.project import ROOT, TEMPLATES
from tests.own_environments import PATIENT

pytestmark = PATIENT

OPEN = "open.json"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that is deployed to an account and to production, functions as SAM translates them; and an insecure one."""
    folder = tmp_path_factory.mktemp("templates")
    for path in TEMPLATES.rglob("*.yaml"):
        if not path.stem.endswith("-app"):
            shutil.copy(path, folder)
    for name in app_folders():
        (folder / f"{name}.json").write_text(json.dumps(in_stage(name), indent=1))
    bucket = {"Resources": {"Open": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}}}
    (folder / OPEN).write_text(json.dumps(bucket))
    return folder


@pytest.fixture(scope="module")
def every(templates: Path) -> list[Finding]:
    """In one run: most of what it takes is checkov's start."""
    return findings(templates)


@pytest.fixture
def found(every: list[Finding]) -> list[Finding]:
    """In what is deployed."""
    return [each for each in every if each.file != OPEN]


def test_every_template_is_looked_at(templates: Path) -> None:
    written = {path.stem for path in TEMPLATES.rglob("*.yaml")}
    assert {path.stem for path in templates.iterdir()} - {"open"} == {name.removesuffix("-app") for name in written}


def test_nothing_is_found_but_what_is_set_aside(found: list[Finding]) -> None:
    assert [each for each in found if each.check not in exceptions()] == []


def test_nothing_is_set_aside_that_is_not_found(found: list[Finding]) -> None:
    assert exceptions().keys() <= {each.check for each in found}


def test_each_exception_has_a_reason() -> None:
    assert all(len(reason) > 20 for reason in exceptions().values())


def test_an_insecure_template_is_seen(every: list[Finding]) -> None:
    assert ("CKV_AWS_20", OPEN, "AWS::S3::Bucket.Open") in {(each.check, each.file, each.resource) for each in every}


def test_the_lock_pins_everything_and_names_no_registry_and_the_tree_ignores_the_environment() -> None:
    text = LOCK.read_text()
    assert "--hash=sha256:" in text
    assert not any(word in text for word in ("://", "--index-url", "--extra-index-url", "--find-links"))
    assert subprocess.run(["git", "check-ignore", "-q", f"{ENVIRONMENT.name}/x"], cwd=ROOT).returncode == 0
