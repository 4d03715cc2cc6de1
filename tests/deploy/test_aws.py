"""What botocore raises, in one plain line that says what to do."""

from pathlib import Path

import pytest
from botocore import exceptions

from infra.deploy.aws import connect, in_plain_words
from infra.deploy.errors import DeployError, Unusable


def an_error(code: str) -> exceptions.ClientError:
    return exceptions.ClientError({"Error": {"Code": code, "Message": "the text\n of AWS"}}, "CreateChangeSet")


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (exceptions.NoRegionError(), "set AWS_REGION"),
        (exceptions.NoCredentialsError(), "set AWS_PROFILE, or run `aws configure`"),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), "set AWS_PROFILE"),
        (exceptions.ProfileNotFound(profile="tea"), r"\(tea\).*AWS_PROFILE is to name one of"),
        (exceptions.EndpointConnectionError(endpoint_url="http://nowhere"), "http://nowhere.*AWS_ENDPOINT_URL"),
        (an_error("ExpiredToken"), "expired: sign in again"),
        (an_error("InvalidClientTokenId"), "does not know these credentials"),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(raised: Exception, said: str) -> None:
    with pytest.raises(Unusable, match=said) as refused, in_plain_words():
        raise raised
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("code", ["AccessDenied", "ValidationError"])
def test_a_refusal_of_aws_is_one_line(code: str) -> None:
    with pytest.raises(DeployError, match="the text of AWS") as refused, in_plain_words():
        raise an_error(code)
    assert "\n" not in str(refused.value)
    assert refused.value.status == 1


def test_no_region_is_told_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(Unusable, match="no region is set"):
        connect()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("AWS_ENDPOINT_URL", "nonsense"), ("AWS_ENDPOINT_URL", "http://"), ("AWS_REGION", "no where")],
)
def test_a_setting_that_names_no_place_is_told_by_its_name(
    setting: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(Unusable, match=f"{value}.*{setting} is to be like") as refused:
        connect()
    assert "\n" not in str(refused.value)


def test_no_credentials_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(Unusable, match="has not been given credentials"):
        connect()


def test_an_engine_that_is_not_there_is_told_by_its_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(Unusable, match=r"AWS can not be reached .*127\.0\.0\.1:9"):
        connect()
