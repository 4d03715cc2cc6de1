"""Wheels are those that run on Lambda and stand in the lock, or there are none."""

import zipfile
from pathlib import Path

import pytest

from infra.deploy.package import wheels
from infra.deploy.package.errors import NotPacked
from tests.deploy.packages import NATIVE


def a_wheel(folder: Path, name: str, *files: str) -> None:
    with zipfile.ZipFile(folder / name, "w") as zipped:
        for file in files:
            zipped.writestr(file, file)


@pytest.mark.parametrize(
    ("python", "newest"),
    [("3.11", "manylinux_2_26"), ("3.12", "manylinux_2_34"), ("3.13", "manylinux_2_34"), ("3.14", "manylinux_2_34")],
)
def test_a_wheel_may_want_the_libraries_that_the_runtime_has_and_none_newer(python: str, newest: str) -> None:
    tags = wheels.platforms(python, "arm64")
    assert tags[0] == f"{newest}_aarch64"
    assert tags[-2:] == ["manylinux_2_17_aarch64", "manylinux2014_aarch64"]
    assert {tag.rpartition("_")[2] for tag in wheels.platforms(python, "x86_64")} == {"64"}


def test_wheels_are_unpacked_and_it_is_known_which_package_brought_what(tmp_path: Path) -> None:
    a_wheel(tmp_path, "cffi-2.1.1-cp311-cp311-any.whl", "cffi/api.py", "_cffi.so", "cffi-2.1.1.dist-info/RECORD")
    a_wheel(tmp_path, "typing_extensions-4.0-py3-none-any.whl", "typing_extensions.py")
    assert wheels.unpack(tmp_path, tmp_path / "code") == {
        "cffi": {"cffi", "_cffi.so", "cffi-2.1.1.dist-info"},
        "typing-extensions": {"typing_extensions.py"},
    }
    assert (tmp_path / "code" / "cffi" / "api.py").read_text() == "cffi/api.py"


def test_a_wheel_with_files_for_elsewhere_is_refused(tmp_path: Path) -> None:
    a_wheel(tmp_path, "odd-1.0-py3-none-any.whl", "odd.py", "odd-1.0.data/scripts/odd")
    with pytest.raises(NotPacked, match=r"odd-1\.0-py3-none-any\.whl wants odd-1\.0\.data/scripts/odd put elsewhere"):
        wheels.unpack(tmp_path, tmp_path / "code")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/usr/bin/python3: No module named pip\n", "pip is not installed in this environment"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "whose hash does not stand"),
        (
            "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError'\n"
            "ERROR: No matching distribution found for cffi==2.1.1\n",
            "pip can not reach its index",
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement cffi==2.1.1 (from versions: none)\n"
            "ERROR: No matching distribution found for cffi==2.1.1 (from -r requirements.txt)\n",
            "there is no wheel of cffi==2.1.1 for Python 3.11 on arm64: try another --architecture",
        ),
        ("ERROR: one\nWARNING: two\nERROR: three\n", "pip fetched no wheels: ERROR: one ERROR: three"),
        ("Killed", "pip fetched no wheels: Killed"),
    ],
)
def test_what_pip_says_becomes_one_line_that_says_what_to_do(said: str, told: str) -> None:
    line = wheels.reason(said, "3.11", "arm64")
    assert told in line
    assert "\n" not in line


def test_a_wheel_whose_hash_is_not_in_the_lock_is_not_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index").mkdir()
    a_wheel(tmp_path / "index", "forged-1.0-py3-none-any.whl", "forged.py", "forged-1.0.dist-info/METADATA")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    asked = ["forged==1.0 --hash=sha256:" + "0" * 64]
    with pytest.raises(NotPacked, match="pip got a wheel whose hash does not stand in"):
        wheels.fetch(asked, "3.11", NATIVE, tmp_path)
    with pytest.raises(NotPacked, match=r"there is no wheel of missing==1\.0 for Python 3\.11"):
        wheels.fetch([asked[0].replace("forged", "missing")], "3.11", NATIVE, tmp_path)
    assert list(tmp_path.glob("*.whl")) == []
