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


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """In all that is deployed to production, functions as SAM translates them."""
    folder = tmp_path_factory.mktemp("templates")
    for path in TEMPLATES.rglob("*.yaml"):
        if not path.stem.endswith("-app"):
            shutil.copy(path, folder)
    for name in app_folders():
        (folder / f"{name}.json").write_text(json.dumps(in_stage(name), indent=1))
    return findings(folder)


def test_nothing_is_found_but_what_is_set_aside(found: list[Finding]) -> None:
    assert [each for each in found if each.check not in exceptions()] == []


def test_nothing_is_set_aside_that_is_not_found(found: list[Finding]) -> None:
    assert exceptions().keys() <= {each.check for each in found}


def test_each_exception_has_a_reason() -> None:
    assert all(len(reason) > 20 for reason in exceptions().values())


def test_an_insecure_template_is_seen(tmp_path: Path) -> None:
    bucket = {"Resources": {"Open": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}}}
    (tmp_path / "open.json").write_text(json.dumps(bucket))
    assert ("CKV_AWS_20", "open.json", "AWS::S3::Bucket.Open") in {
        (each.check, each.file, each.resource) for each in findings(tmp_path)
    }


def test_the_lock_pins_everything_and_names_no_registry_and_the_tree_ignores_the_environment() -> None:
    text = LOCK.read_text()
    assert "--hash=sha256:" in text
    assert not any(word in text for word in ("://", "--index-url", "--extra-index-url", "--find-links"))
    assert subprocess.run(["git", "check-ignore", "-q", f"{ENVIRONMENT.name}/x"], cwd=ROOT).returncode == 0
