"""What `emporium token` prints, and what it says when it has no token to print."""

import socket

import pytest
from click.testing import CliRunner, Result

from infra.identity.command import token
from tests.identity.doorkeeper import PASSWORD, Doorkeeper, over_http


def run(*arguments: str) -> Result:
    return CliRunner().invoke(token, arguments, env={"EMPORIUM_PASSWORD": None})


def test_the_token_and_nothing_else_is_printed() -> None:
    with over_http(Doorkeeper()) as shop:
        result = run("--customer", "ada@example.com", "--password", PASSWORD, "--url", shop)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "token-1\n", "")


def test_a_password_may_stand_in_the_environment_where_no_list_of_processes_shows_it() -> None:
    with over_http(Doorkeeper()) as shop:
        result = CliRunner().invoke(token, ["--staff", "--url", shop], env={"EMPORIUM_PASSWORD": PASSWORD})
    assert (result.exit_code, result.stdout) == (0, "token-1\n")


def test_a_sign_in_that_is_refused_is_told_with_its_reason() -> None:
    with over_http(Doorkeeper()) as shop:
        result = run("--customer", "ada@example.com", "--url", shop)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "emporium token: POST /sessions was answered 401: This signs nobody in.\n"


def test_where_no_shop_runs_it_is_said_how_to_start_one() -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{found.getsockname()[1]}"
    result = run("--staff", "--url", nobody)
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith(f"emporium token: the shop at {nobody} can not be reached: ")
    assert line.endswith("; `emporium up` starts one")


@pytest.mark.parametrize("flags", [[], ["--staff", "--customer", "ada@example.com"]])
def test_a_token_is_of_staff_or_of_a_customer_and_not_of_both(flags: list[str]) -> None:
    result = run(*flags)
    assert result.exit_code == 2
    assert "give either --staff or --customer EMAIL" in result.stderr


def test_the_password_of_a_local_shop_is_not_sent_anywhere_else() -> None:
    result = run("--staff", "--url", "https://shop.example.com")
    assert result.exit_code == 2
    assert "https://shop.example.com is not on this machine: give --password" in result.stderr


def test_what_is_no_url_is_told() -> None:
    result = run("--staff", "--url", "localhost:8000")
    assert result.exit_code == 2
    assert result.stderr == (
        "emporium token: the shop at localhost:8000 can not be reached: a URL begins with http:// or https://\n"
    )
