"""Who tries what again: what the SDK does, nobody does a second time; and all its tries end before a function does."""

from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.retries.standard import (
    RetryContext,
    StandardRetryConditions,
    ThrottledRetryableChecker,
    TransientRetryableChecker,
)

from chassis import aws, table
from infra.apps_in_process import ROOT, app_folders
from infra.local.stacks.reading import read

WRITE = botocore.session.Session().get_service_model("dynamodb").operation_model("TransactWriteItems")
CHECKERS: tuple[Any, ...] = (ThrottledRetryableChecker(), TransientRetryableChecker())
SDK = [*CHECKERS[0]._THROTTLED_ERROR_CODES, *CHECKERS[1]._TRANSIENT_ERROR_CODES]
CONFIG: Any = aws.CONFIG  # whose fields are unknown to its types
OURS = [
    ("TransactionConflictException", ()),
    ("TransactionCanceledException", ("None", "TransactionConflict")),
    ("TransactionCanceledException", ("ThrottlingError",)),
    ("TransactionCanceledException", ("ProvisionedThroughputExceeded", "None")),
]


def an_error(code: str, status: int = 400, reasons: tuple[str, ...] = ()) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer | {"CancellationReasons": [{"Code": each} for each in reasons]}, "TransactWriteItems")


def does_the_sdk(error: ClientError) -> bool:
    """Whether the SDK, which has made one attempt, makes another."""
    http = SimpleNamespace(status_code=error.response["ResponseMetadata"]["HTTPStatusCode"], headers={}, content=b"")
    context = RetryContext(1, WRITE, parsed_response=error.response, http_response=http)
    return bool(StandardRetryConditions(max_attempts=3).is_retryable(context))


@pytest.mark.parametrize(
    "error", [*map(an_error, SDK), an_error("InternalServerError", 500), an_error("", 503)], ids=str
)
def test_what_the_sdk_tries_again_a_table_does_not(error: ClientError) -> None:
    assert does_the_sdk(error)
    assert not table._may_pass(error)


@pytest.mark.parametrize(("code", "reasons"), OURS)
def test_what_a_table_tries_again_the_sdk_does_not(code: str, reasons: tuple[str, ...]) -> None:
    error = an_error(code, reasons=reasons)
    assert table._may_pass(error)
    assert not does_the_sdk(error)


@pytest.mark.parametrize("capability", app_folders())
def test_all_tries_of_a_call_end_before_the_function_does(capability: str) -> None:
    resources = read(ROOT / "infra" / "templates" / f"{capability}-app.yaml").resources.values()
    limits = [each["Properties"]["Timeout"] for each in resources if each["Type"] == "AWS::Serverless::Function"]
    tries = CONFIG.retries["total_max_attempts"]
    longest = max(CONFIG.connect_timeout, CONFIG.read_timeout)
    pauses = sum(0.05 * 2**attempt for attempt in range(tries - 1))  # botocore's longest, after what is no throttling
    assert tries * longest + pauses < min(limits)
