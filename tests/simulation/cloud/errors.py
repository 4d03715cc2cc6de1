"""AWS's refusals as botocore raises them: the same codes, the same fields beside the error."""

from typing import Any

from botocore.exceptions import ClientError

CONDITION = "The conditional request failed"


def refused(operation: str, code: str, message: str, status: int = 400, **beside: Any) -> ClientError:
    """The error of an operation; `beside` are the operation's own fields, such as CancellationReasons."""
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer | beside, operation)


def condition_failed(operation: str, found: dict[str, Any] | None) -> ClientError:
    """A condition that did not hold, with what was there, as ReturnValuesOnConditionCheckFailure=ALL_OLD wants it."""
    beside: dict[str, Any] = {"Item": found} if found else {}
    return refused(operation, "ConditionalCheckFailedException", CONDITION, **beside)


def cancelled(reasons: list[dict[str, Any]]) -> ClientError:
    """A transaction that did not happen, with a reason for each of its writes ("None" for those that would have)."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return refused("TransactWriteItems", "TransactionCanceledException", message, CancellationReasons=reasons)


def invalid(operation: str, message: str) -> ClientError:
    """What the service finds wrong with the request itself."""
    return refused(operation, "ValidationException", message)
