"""The command refuses what it can not do, in words that say what to give instead."""

import pytest
from click.testing import CliRunner

from infra.delivery.command import smoke


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "give either --stage or --url"),
        (["--stage", "dev", "--url", "http://a"], "give either --stage or --url"),
        (["--stage", "nowhere"], "'nowhere' is none of the stages; stages.toml has: dev, staging, prod"),
        (["--stage", "local"], "'local' is what `emporium up` runs"),
        (["--url", "http://"], "--url: the shop at http:// can not be reached: the URL names no host"),
        (["--url", "shop"], "--url: the shop at shop can not be reached: a URL begins with http:// or https://"),
        (["--url", "http://a", "--email", "ada@example.com"], "--email and --password go together"),
        (["--url", "http://a", "--email", "a@b.cd", "--password", "x", "--token", "y"], "give either --email or"),
    ],
)
def test_bad_input_is_named_and_nothing_is_begun(given: list[str], told: str) -> None:
    refused = CliRunner().invoke(smoke, given)
    assert refused.exit_code == 2
    assert told in refused.output
