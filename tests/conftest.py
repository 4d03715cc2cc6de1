"""What every test may ask for: an environment that reaches no real cloud, and a cloud in this process."""

import os
from collections.abc import Iterator

import pytest
from moto import mock_aws  # before any test makes a client: one that was made earlier goes to the real AWS

from chassis import clock

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(autouse=True)
def _no_real_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _the_real_time() -> Iterator[None]:
    """A test may set the clock; the next one finds it right."""
    yield
    clock.use(None)


@pytest.fixture
def cloud() -> Iterator[None]:
    """A hardened moto in this process, empty at the start of each test."""
    from infra.local.moto.hardening import harden

    harden()
    # boto3's default session stays: its store of parsed models makes a client in 9 ms instead of 70.
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        yield
