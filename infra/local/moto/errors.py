"""Refusals as DynamoDB words them."""

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.exceptions import ERROR_TYPE_PREFIX, MockValidationException


def refusal(kind: str, message: str) -> JsonRESTError:
    """An error of the given type, e.g. TrimmedDataAccessException, with status 400."""
    return JsonRESTError(ERROR_TYPE_PREFIX + kind, message)


def invalid(message: str) -> MockValidationException:
    return MockValidationException(message)
