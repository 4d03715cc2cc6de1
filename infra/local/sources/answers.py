"""What a handler's answer says about its batch: the partial batch responses of Lambda."""

from collections.abc import Collection
from typing import Any


class MalformedAnswer(ValueError):
    """The answer does not tell which items failed, so Lambda takes the whole batch as failed."""


def failures(answer: Any, identifiers: Collection[str]) -> set[str]:
    """The identifiers that the answer gives as failed; raises MalformedAnswer.

    Nothing, an empty object, and an empty or absent list mean that all went well. These are the "success and
    failure conditions" of https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    if answer is None:
        return set()
    if not isinstance(answer, dict):
        raise MalformedAnswer(f"the answer is {answer!r}, not an object with batchItemFailures")
    items = answer.get("batchItemFailures")
    if items is None:
        return set()
    if not isinstance(items, list):
        raise MalformedAnswer(f"batchItemFailures is {items!r}, not a list")
    return {_identifier(item, identifiers) for item in items}


def _identifier(item: Any, identifiers: Collection[str]) -> str:
    identifier = item.get("itemIdentifier") if isinstance(item, dict) else None
    if not isinstance(identifier, str) or not identifier:
        raise MalformedAnswer(f"batchItemFailures holds {item!r}, which has no itemIdentifier")
    if identifier not in identifiers:
        raise MalformedAnswer(f"batchItemFailures names {identifier!r}, which is not in the batch")
    return identifier
