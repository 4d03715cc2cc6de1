"""What the command says when it can not even begin."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.demo.command import demo


@pytest.fixture
def nobody() -> str:
    """An address at which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


def test_a_shop_that_can_not_be_reached_is_told_in_one_line(nobody: str) -> None:
    result = CliRunner().invoke(demo, ["--url", nobody])
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith(f"emporium demo: the shop at {nobody} can not be reached: ")
    assert line.endswith("; `emporium up` starts one")


def test_a_url_that_is_none_is_told_in_one_line() -> None:
    result = CliRunner().invoke(demo, ["--url", "localhost:8000"])
    assert result.exit_code == 2
    assert result.stderr == (
        "emporium demo: the shop at localhost:8000 can not be reached: a URL begins with http:// or https://\n"
    )


def test_a_file_that_can_not_be_read_is_named_before_anything_is_asked_of_the_shop(nobody: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(demo, ["--url", nobody, "--baskets", str(tmp_path / "none.csv")])
    assert result.exit_code == 2
    assert result.stderr == f"emporium demo: {tmp_path / 'none.csv'}: No such file or directory\n"


@pytest.mark.parametrize("option", [["--limit", "0"], ["--clients", "0"], ["--stock", "-1"]])
def test_a_number_out_of_its_range_is_refused_by_the_name_of_its_flag(option: list[str]) -> None:
    result = CliRunner().invoke(demo, option)
    assert result.exit_code == 2
    assert option[0] in result.stderr


@pytest.mark.parametrize("given", [[], ["--token", "t"], ["--password", "p"]])
def test_a_shop_elsewhere_gets_neither_the_staff_nor_the_passwords_of_a_local_one(given: list[str]) -> None:
    url = ["--url", "https://shop.example.com"]
    result = CliRunner().invoke(
        demo, [*url, *given], env={"EMPORIUM_STAFF_TOKEN": None, "EMPORIUM_DEMO_PASSWORD": None}
    )
    assert result.exit_code == 2
    assert "https://shop.example.com is not on this machine: give --token and --password" in result.stderr
