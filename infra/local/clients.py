"""The AWS clients of the local cloud: one set a process, made when first asked for, shared by its threads."""

import os
import threading
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"
_ANYBODY = "test"  # the local cloud asks for credentials and takes any

_CONFIG = Config(
    parameter_validation=False,  # a fifth of a call; the cloud checks what it is asked
    user_agent="emporium-local",  # the usual one is made anew for each call, a sixth of what a call costs
    max_pool_connections=64,
    connect_timeout=5,
    read_timeout=60,  # above the 20 s of the longest poll
    # Whoever calls decides about trying again: a retry hidden in here would be a second write.
    retries={"total_max_attempts": 1},
    # Calls with an ARN would otherwise go to a host named after the account: no local cloud answers there.
    account_id_endpoint_mode="disabled",
    proxies={},
)


class Clients:
    """Clients for one endpoint, for example `http://127.0.0.1:4566`; without one, for moto in this process.

    Nothing of the developer's own AWS settings is read, so that neither a profile nor a proxy nor real
    credentials can lead a call away from the local cloud.
    """

    def __init__(self, endpoint: str | None = None) -> None:
        self.endpoint = endpoint
        self._lock = threading.Lock()
        self._session = _session_without_settings()
        self._made: dict[str, Any] = {}

    @property
    def dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @property
    def streams(self) -> "DynamoDBStreamsClient":
        client: DynamoDBStreamsClient = self._client("dynamodbstreams")
        return client

    @property
    def sns(self) -> "SNSClient":
        client: SNSClient = self._client("sns")
        return client

    @property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self._client("sqs")
        return client

    @property
    def cognito(self) -> "CognitoIdentityProviderClient":
        client: CognitoIdentityProviderClient = self._client("cognito-idp")
        return client

    @property
    def secrets(self) -> Any:
        return self._client("secretsmanager")

    def _client(self, service: Any) -> Any:
        with self._lock:  # a session must not make two clients at once
            if service not in self._made:
                self._made[service] = self._session.client(service, endpoint_url=self.endpoint, config=_CONFIG)
            return self._made[service]


def _session_without_settings() -> boto3.Session:
    def fixed(value: object) -> tuple[None, None, object, None]:
        return (None, None, value, None)  # named neither in a file nor in the environment: this value, always

    settings = {
        "profile": fixed(None),
        "config_file": fixed(os.devnull),
        "credentials_file": fixed(os.devnull),
        "ignore_configured_endpoint_urls": fixed(True),
    }
    return boto3.Session(
        aws_access_key_id=_ANYBODY,
        aws_secret_access_key=_ANYBODY,
        region_name=REGION,
        botocore_session=botocore.session.Session(settings),
    )
