"""The AWS that is deployed to: the clients, as the user's own settings have them, and its refusals in plain words."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import boto3
from botocore import exceptions
from botocore.config import Config

from infra.deploy.errors import DeployError, Unusable

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard"})
_NO_CREDENTIALS = "AWS has not been given credentials: set AWS_PROFILE, or run `aws configure` or `aws sso login`"
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_WRONG = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidAccessKeyId"}
_FORBIDDEN = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


@dataclass(frozen=True)
class Aws:
    """One account in one region; made by `connect`."""

    session: boto3.Session
    account: str
    region: str

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        return self.session.client("cloudformation", config=_CONFIG)

    @cached_property
    def s3(self) -> "S3Client":
        # By path, so that a bucket needs no host of its own: local engines have none.
        by_path = _CONFIG.merge(Config(s3={"addressing_style": "path"}))
        return self.session.client("s3", config=by_path)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return self.session.client("dynamodb", config=_CONFIG)

    @cached_property
    def sqs(self) -> "SQSClient":
        return self.session.client("sqs", config=_CONFIG)

    @cached_property
    def sns(self) -> "SNSClient":
        return self.session.client("sns", config=_CONFIG)

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        return self.session.client("cloudwatch", config=_CONFIG)

    @cached_property
    def cognito(self) -> "CognitoIdentityProviderClient":
        return self.session.client("cognito-idp", config=_CONFIG)

    @cached_property
    def secrets(self) -> Any:
        return self.session.client("secretsmanager", config=_CONFIG)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return self.session.client("logs", config=_CONFIG)


class Role(TypedDict):
    """The argument of CloudFormation that names the role which it works by."""

    RoleARN: NotRequired[str]


def execution_role() -> Role:
    """As EMPORIUM_EXECUTION_ROLE says; without it CloudFormation works with the rights of whoever asks.

    So a run that may deploy needs no right to what is deployed (infra/templates/account/delivery.yaml).
    """
    arn = os.environ.get("EMPORIUM_EXECUTION_ROLE")
    return {"RoleARN": arn} if arn else {}


def connect() -> Aws:
    """As AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the files of the AWS CLI say; raises Unusable."""
    with in_plain_words():
        # boto3 itself reads AWS_DEFAULT_REGION only; every newer tool of AWS reads AWS_REGION first.
        session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
        if not session.region_name:
            raise exceptions.NoRegionError
        try:
            sts = session.client("sts", config=_CONFIG)
        except exceptions.BotoCoreError:
            raise
        except ValueError as error:  # botocore's for an address that is none
            raise Unusable(f"{error}: AWS_ENDPOINT_URL is to be like http://127.0.0.1:4599, or not set") from None
        account = sts.get_caller_identity()["Account"]
        return Aws(session, account, session.region_name)


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turns what botocore raises into one line that says what to do."""
    try:
        yield
    except exceptions.ClientError as error:
        raise _refusal(error) from error
    except (exceptions.BotoCoreError, exceptions.HTTPClientError) as error:
        raise Unusable(_trouble(error)) from error


def _refusal(error: exceptions.ClientError) -> DeployError:
    code, message = error.response["Error"].get("Code", ""), " ".join(str(error).split())
    if code in _EXPIRED:
        return Unusable("the credentials for AWS have expired: sign in again (`aws sso login`) and repeat the command")
    if code in _WRONG:
        return Unusable(f"AWS does not know these credentials ({code}): look at AWS_PROFILE, or sign in again")
    if code in _FORBIDDEN:
        return DeployError(f"these credentials may not do that: {message}")
    return DeployError(message)


def _trouble(error: Exception) -> str:
    match error:
        case exceptions.NoRegionError():
            return "no region is set: set AWS_REGION, for example AWS_REGION=eu-central-1"
        case exceptions.InvalidRegionError():
            return f"{error}: AWS_REGION is to be like eu-central-1"
        case exceptions.ProfileNotFound():
            return f"{error}: AWS_PROFILE is to name one of `aws configure list-profiles`"
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            return _NO_CREDENTIALS
        case exceptions.TokenRetrievalError() | exceptions.SSOError() | exceptions.CredentialRetrievalError():
            return f"the credentials for AWS can not be had ({error}): sign in again (`aws sso login`)"
        case exceptions.HTTPClientError() | exceptions.ConnectionError():
            return f"AWS can not be reached ({error}): look at the network, AWS_REGION and AWS_ENDPOINT_URL"
    return str(error)
