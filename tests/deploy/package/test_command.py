"""What `emporium package` says: what it wrote, or one line on what to do."""

import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.deploy.commands.package import package
from tests.deploy.packages import NATIVE, Packages


def run(*arguments: str) -> Result:
    return CliRunner().invoke(package, arguments)


def refused(result: Result) -> str:
    """The one line that it said."""
    [line] = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    assert line.startswith("emporium: ")
    return line


def test_the_zips_are_told_with_their_sizes_and_hashes_and_are_the_same_for_every_stage(
    tmp_path: Path, packages: Packages
) -> None:
    result = run("customers", "--stage", "prod", "--out", str(tmp_path), "--architecture", NATIVE)
    assert (result.exit_code, result.stderr) == (0, "")
    *zips, template = [line.split() for line in result.stdout.splitlines()]
    assert template == [str(tmp_path / "customers" / "template.yaml")]
    for path, size, _, _, _ in zips:
        assert Path(path).stat().st_size == int(size.replace(",", ""))
    assert {Path(path).name: digest for path, _, _, _, digest in zips} == packages("customers", NATIVE).zips


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("orders", "--stage", "prd"), "--stage: 'prd' is none of the stages; stages.toml has: dev, staging, prod"),
        (("orders", "--stage", "local"), "--stage: 'local' is what `emporium up` runs"),
        (("order", "--stage", "dev"), "there is no capability 'order'; there are: customers, orders, products"),
        (("orders", "--stage", "dev", "--architecture", "arm"), "--architecture arm: Lambda has arm64, x86_64"),
        (("orders", "--stage", "dev", "--without", "all"), "--without all: there is no such step; there are: sdk"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    assert said in refused(run(*arguments, "--out", str(tmp_path / "out")))
    assert list(tmp_path.iterdir()) == []


def test_where_no_index_answers_nothing_is_written_and_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{found.getsockname()[1]}/simple"
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", nobody)
    monkeypatch.setenv("PIP_RETRIES", "1")
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "template.yaml").write_text("as it was")
    line = refused(run("orders", "--stage", "dev", "--out", str(tmp_path)))
    assert "pip can not reach its index for the wheels: check the network, or PIP_INDEX_URL" in line
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")] == ["orders/template.yaml"]
    assert (tmp_path / "orders" / "template.yaml").read_text() == "as it was"
