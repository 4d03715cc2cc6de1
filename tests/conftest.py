"""What every test stands on: an AWS that is this process's own, and no way to the real one."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from moto import mock_aws

from chassis import clock
from infra.local.moto.hardening import harden

# A busy machine is no fault of what is tested: no example has to be done in time.
hypothesis.settings.register_profile("emporium", deadline=None)
hypothesis.settings.load_profile("emporium")

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    # boto3 would send calls that name an ARN to a host of that account, which no local cloud answers for.
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start, and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Folders of files that take long, and mostly wait: of two processes that share the files, neither is to begin one of
# these when the other has come to the end.
_FIRST = ("fuzz", "system", "deploy", "runtime", "delivery")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_place)  # it is stable: within a folder all stays as it is


def _place(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return _FIRST.index(folder) if folder in _FIRST else len(_FIRST)


@pytest.fixture(autouse=True)
def _the_real_time() -> Iterator[None]:
    """A test may set the clock; the next one finds it right."""
    yield
    clock.use(None)


@pytest.fixture
def cloud() -> Iterator[None]:
    """The embedded cloud within this process, empty at the start of each test; every boto3 client speaks to it."""
    harden()
    # boto3's default session stays: its store of parsed models makes a client in 9 ms instead of 70.
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        yield
