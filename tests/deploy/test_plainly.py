"""How a command ends that is stopped."""

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from infra.deploy.commands.plainly import changing, plainly
from infra.deploy.errors import DeployError, Unusable
from infra.deploy.package import NotPacked


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (DeployError("it failed"), 1, "emporium: it failed\n"),
        (Unusable("no such stage"), 2, "emporium: no such stage\n"),
        (NotPacked("the zip is 300 MB"), 2, "emporium: the zip is 300 MB\n"),
    ],
)
def test_whatever_stops_a_command_is_one_line_and_a_status(
    raised: Exception, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, plainly():
        raise raised
    assert ended.value.code == status
    assert capsys.readouterr() == ("", said)


def test_ctrl_c_before_anything_was_begun_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, plainly():
        raise KeyboardInterrupt
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "emporium: interrupted: nothing was changed in AWS\n")


def test_ctrl_c_in_the_middle_says_that_cloudformation_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, plainly(), changing():
        raise KeyboardInterrupt
    assert ended.value.code == 130
    assert "CloudFormation finishes by itself what it has begun" in capsys.readouterr().err


@pytest.mark.parametrize(
    "raised", [NoCredentialsError(), EndpointConnectionError(endpoint_url="http://nowhere"), Unusable("it is gone")]
)
def test_what_stops_a_command_in_the_middle_does_not_end_as_if_nothing_were_begun(
    raised: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, plainly(), changing():
        raise raised
    assert ended.value.code == DeployError.status
    assert capsys.readouterr().err.startswith("emporium: stopped in the middle: ")
