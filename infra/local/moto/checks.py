"""Requests that AWS refuses and that moto answers with an internal error, or does."""

from collections.abc import Callable
from typing import Any

from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from infra.local.moto.errors import invalid
from infra.local.moto.patching import around

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
MAX_BATCH = 25


def check_page(original: Callable[..., Any], self: DynamoHandler) -> Any:
    """Query and Scan: a limit below one, and a start key that is none."""
    limit, start = self.body.get("Limit"), self.body.get("ExclusiveStartKey")
    if limit is not None and limit < 1:
        raise invalid(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        )
    if start is not None:
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        if types_of(start) != key_types(table, self.body.get("IndexName")):
            raise invalid("The provided starting key is invalid")
    return original(self)


def types_of(key: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: next(iter(value), "") for name, value in key.items()}


def key_types(table: Table, index_name: str | None) -> dict[str, str]:
    """The key attributes of a table, and of the index besides, with their types. An unknown index moto refuses."""
    declared = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table.attr}
    indexed = [name for index in table.all_indexes() if index.name == index_name for name in index.schema_key_attrs]
    return {name: declared[name] for name in (*table.table_key_attrs, *indexed)}


def check_batch(original: Callable[..., Any], self: DynamoHandler) -> Any:
    if sum(map(len, self.body["RequestItems"].values())) > MAX_BATCH:
        raise invalid(f"Too many items requested for the BatchWriteItem call: more than {MAX_BATCH}")
    return original(self)


def parse(original: Callable[..., Any], self: ConditionExpressionParser) -> Any:
    try:
        return original(self)
    except KeyError as unknown:
        raise invalid(f"Invalid expression: {unknown} is used in it and not defined") from unknown
    except (ValueError, IndexError, AttributeError, TypeError) as problem:
        raise invalid(f"Invalid expression: Syntax error; {problem}") from problem


def mend() -> None:
    around(DynamoHandler, "query", check_page)
    around(DynamoHandler, "scan", check_page)
    around(DynamoHandler, "batch_write_item", check_batch)
    around(ConditionExpressionParser, "parse", parse)
