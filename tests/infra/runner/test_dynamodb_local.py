"""`emporium up --dynamodb local`: its Java comes and goes with the rest, and is nobody else's."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import main
from infra.local.clients import Clients
from infra.local.dynamodb_local import package
from tests import dynamodb_local
from tests.infra.runner.calling import call, eventually
from tests.infra.runner.running import Stack, command_line, family_of, is_running, write_apps


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    flags = ["--no-reload", "--only", "alpha", "--dynamodb", "local", "--data", str(tmp_path / "data")]
    stack = Stack(write_apps(tmp_path), *flags)
    yield stack.until_up()
    stack.end(signal.SIGKILL)


def java_of(stack: Stack) -> list[int]:
    return [pid for pid in family_of(stack.process.pid) if package.JAR in command_line(pid)]


@dynamodb_local.needed
def test_a_shop_that_is_stopped_takes_its_java_with_it_and_a_second_one_is_refused_until_then(stack: Stack) -> None:
    below = family_of(stack.process.pid)
    assert java_of(stack)
    again = Stack(stack.folder, "--dynamodb", "local", "--data", str(stack.folder and stack.folder / "data"))
    assert again.end(0) == 2
    assert any("another shop runs on" in line for line in again.lines)
    assert stack.end(signal.SIGINT) == 0
    assert not any(map(is_running, below))


@dynamodb_local.needed
def test_a_supervisor_and_a_cloud_that_are_killed_leave_no_java_behind(stack: Stack) -> None:
    below, java = family_of(stack.process.pid), java_of(stack)
    for pid in set(below) - set(java):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not any(map(is_running, below)))


@dynamodb_local.needed
def test_without_its_tables_the_stack_ends_and_says_why(stack: Stack) -> None:
    for pid in java_of(stack)[:1]:
        os.kill(pid, signal.SIGKILL)
    stack.until_said("DynamoDB Local has ended")
    assert stack.process.wait(60) == 1


@dynamodb_local.needed
def test_who_asks_java_by_another_key_sees_no_table(stack: Stack) -> None:
    table: dict[str, Any] = {
        "TableName": "cups",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    }
    dynamodb = Clients(stack.address("cloud")).dynamodb
    dynamodb.create_table(**table)
    assert dynamodb.list_tables()["TableNames"] == ["cups"]
    [port] = {line.split()[line.split().index("-port") + 1] for line in map(command_line, java_of(stack)[:1])}
    scope = "Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Authorization": f"AWS4-HMAC-SHA256 {scope}"}
    headers |= {"Content-Type": "application/x-amz-json-1.0"}
    assert call(int(port), "POST", "/", b"{}", headers).json() == {"TableNames": []}


def up(*flags: str) -> Result:
    return CliRunner().invoke(main, ["up", "--port", "0", *flags])


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--data", "kept"], "--data: moto keeps no tables: add --dynamodb local"),
        (["--dynamodb", "local", "--cloud", "http://127.0.0.1:1"], "--dynamodb: --cloud http://127.0.0.1:1 has tables"),
        (["--dynamodb", "local", "--cloud", "ministack"], "--dynamodb: --cloud ministack has tables of its own"),
        (["--dynamodb", "local", "--data", "/dev/null/kept"], "--data: nothing can be kept in /dev/null/kept: Not a"),
        (["--dynamodb", "/nowhere"], "--dynamodb: there is no DynamoDBLocal.jar in /nowhere"),
    ],
)
def test_flags_that_do_not_go_together_are_refused(flags: list[str], said: str) -> None:
    result = up(*flags)
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("\n", " ").split())


@pytest.mark.parametrize(
    ("version", "said"),
    [(None, "needs Java 17 or newer, and there is none"), ("1.8.0_402", "needs Java 17 or newer"), ("11.0.2", "needs")],
)
def test_without_a_java_that_is_new_enough_it_is_said_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None, said: str
) -> None:
    if version:
        (tmp_path / "bin").mkdir()
        program(tmp_path / "bin" / "java", f"echo 'openjdk version \"{version}\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    (tmp_path / package.JAR).touch()
    result = up("--dynamodb", str(tmp_path))
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
