"""The lock decides which files may go into a zip."""

import pytest

from infra.deploy.package import lock
from infra.deploy.package.errors import NotPacked
from infra.deploy.package.plan import ROOT
from tests.architecture.packages import needed

HASH = "sha256:" + "0a" * 32
TEXT = f"""networkx==3.6.1 ; python_full_version < '3.12' \\
    --hash={HASH}
networkx==3.7 ; python_full_version >= '3.12' \\
    --hash={HASH}
cffi==2.1.1 ; platform_python_implementation != 'PyPy' \\
    --hash={HASH} \\
    --hash={HASH}
    # via cryptography
pyjwt==2.15.1 \\
    --hash={HASH}
    # via emporium (pyproject.toml)
"""


def test_a_package_of_the_lock_is_its_versions_and_all_of_its_hashes() -> None:
    assert lock.read(TEXT) == {
        "networkx": {"3.6.1": [HASH], "3.7": [HASH]},
        "cffi": {"2.1.1": [HASH, HASH]},
        "pyjwt": {"2.15.1": [HASH]},
    }


def test_every_package_of_our_own_lock_is_read() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = lock.read(text)
    assert sum(map(len, found.values())) == sum(line[:1].isalnum() for line in text.splitlines())
    hashes = [each for versions in found.values() for found_hashes in versions.values() for each in found_hashes]
    assert len(hashes) == text.count("--hash=sha256:")


def test_a_requirement_is_told_to_pip_with_the_hashes_of_the_lock() -> None:
    asked = "# what a token needs\n\nPyJWT[crypto]==2.15.1\n"
    assert lock.hashed(asked, lock.read(TEXT)) == [f"pyjwt==2.15.1 --hash={HASH}"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cffi", "'cffi' is no exact version: write name==version"),
        ("../common", "'../common' is no exact version"),
        ("cffi==2.1.0", "cffi is 2.1.0, and requirements.lock has 2.1.1: make them agree"),
        ("six==1.17.0", "six is 1.17.0, and requirements.lock does not know it: add it there"),
    ],
)
def test_a_requirement_that_is_not_as_in_the_lock_is_refused(line: str, said: str) -> None:
    with pytest.raises(NotPacked, match=r"requirements\.txt: ") as refused:
        lock.hashed(line, lock.read(TEXT))
    assert said in str(refused.value)


def test_the_packages_that_are_packed_as_they_are_installed_are_the_sdk_with_its_needs_and_chalice() -> None:
    assert set(lock.INSTALLED) == {"chalice"} | needed({"botocore"}, [])


def test_an_environment_that_is_not_as_the_lock_says_packs_nothing() -> None:
    ours = lock.read((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    lock.check_installed(ours)
    with pytest.raises(
        NotPacked, match=r"botocore [0-9.]+ is installed, and is not what requirements\.lock has: run `make"
    ):
        lock.check_installed({**ours, "botocore": {"0.1": [HASH]}})


def test_an_environment_without_chalice_packs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "INSTALLED", ("chalice-of-nobody",))
    with pytest.raises(NotPacked, match="chalice-of-nobody is not installed in this environment: run `make clean"):
        lock.check_installed({})
