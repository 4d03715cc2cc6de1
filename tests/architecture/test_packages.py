"""Every package is pinned, and what a capability imports goes with it to Lambda."""

import tomllib

import pytest

from infra.apps_in_process import ROOT, app_folders
from tests.architecture.packages import flaws_of_lock, needed, third_party, wrong_requirements
from tests.architecture.sources import Source, sources

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
HASH = "--hash=sha256:" + "0" * 64
A_LOCK = f"""msgspec==0.22.0 \
    {HASH} \
    {HASH}
    # via emporium
ansicon==1.0 ; sys_platform == 'win32' \
    {HASH}
"""


@pytest.mark.parametrize("name", app_folders())
def test_the_requirements_of_a_capability_are_what_it_and_the_chassis_need_as_locked(name: str) -> None:
    requirements = (ROOT / "functions" / name / "requirements.txt").read_text(encoding="utf-8")
    imported = third_party(sources(f"functions/{name}", "chassis"))
    assert wrong_requirements(requirements, needed(imported, DECLARED), LOCK) == []


@pytest.mark.parametrize(
    ("requirements", "flaw"),
    [
        ("", "msgspec is needed and stands nowhere"),
        ("msgspec==0.21.0", "msgspec is 0.21.0, and 0.22.0 in the lock"),
        ("msgspec>=0.22.0", "'msgspec>=0.22.0' is no exact version"),
        ("msgspec==0.22.0\n../chassis", "'../chassis' is no exact version"),
        ("msgspec==0.22.0\nboto3==1.0", "boto3 stands there and is not needed"),
    ],
)
def test_a_requirement_that_is_wrong_is_seen(requirements: str, flaw: str) -> None:
    assert flaw in wrong_requirements(requirements, {"msgspec"}, A_LOCK)


def test_what_packing_brings_and_the_standard_library_are_no_requirements() -> None:
    text = "import os, msgspec\nfrom botocore.config import Config\nfrom chalice.app import Chalice\nimport httpx"
    assert third_party([Source("chassis/a.py", text)]) == {"msgspec", "httpx"}


def test_an_import_needs_the_package_that_holds_it_and_all_that_its_extras_need() -> None:
    assert needed({"jwt"}, ["PyJWT"]) == {"pyjwt"}
    assert needed({"jwt", "msgspec"}, ["PyJWT[crypto]"]) == {"pyjwt", "cryptography", "cffi", "pycparser", "msgspec"}


def test_every_package_of_the_lock_is_one_version_with_its_hashes_and_no_address() -> None:
    assert flaws_of_lock(LOCK) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "msgspec\n",
        "msgspec==0.22.0\n",
        f"msgspec>=0.22.0 \\\n    {HASH}\n",
        "msgspec==0.22.0 \\\n    --hash=md5:0\n",
        "--index-url https://packages.example.com/simple\n",
        f"msgspec @ https://files.example.com/msgspec.whl \\\n    {HASH}\n",
        f"msgspec==0.22.0 \\\n    {HASH}\n    # from https://packages.example.com\n",
    ],
)
def test_an_entry_that_is_not_pinned_or_says_where_it_comes_from_is_seen(wrong: str) -> None:
    assert flaws_of_lock(A_LOCK) == []
    assert len(flaws_of_lock(A_LOCK + wrong)) >= 1
