"""Cheaper ways to the same values, where moto copies what it only looks at or works out again what it knows."""

import base64
import functools
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from moto.cognitoidp import models as cognito
from moto.core.base_backend import BackendDict
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.kms import models as kms
from moto.sqs import models as sqs

from infra.local.moto.patching import around, instead

SYMMETRIC = "SYMMETRIC_DEFAULT"


def new_value(self: DynamoType, given: DynamoType | dict[str, Any]) -> None:
    kind, content = (given.type, given.value) if isinstance(given, DynamoType) else next(iter(given.items()))
    if kind == "M":
        content = {name: DynamoType(member) for name, member in content.items()}
    elif kind == "L":
        content = [DynamoType(member) for member in content]
    self.type, self.value = kind, content


def weigh(value: DynamoType) -> int:
    """The size of a value in bytes; moto copies each map with all that is in it on the way."""
    kind, content = value.type, value.value
    if kind == "M":
        return sum(len(name.encode()) + weigh(member) for name, member in content.items())
    if kind == "L":
        return sum(map(weigh, content))
    if kind in ("SS", "NS", "BS"):
        return sum(map(length, content))
    return 1 if isinstance(content, bool) else length(content)


def length(content: Any) -> int:
    return len(content) if isinstance(content, bytes) else len(str(content).encode())


def regular(value: DynamoType) -> dict[str, Any]:
    """A value as plain dictionaries and lists; moto copies all of it first."""
    kind, content = value.type, value.value
    if kind == "M":
        return {kind: {name: regular(member) for name, member in content.items()}}
    if kind == "L":
        return {kind: [regular(member) for member in content]}
    if kind == "B" and isinstance(content, str):
        return {kind: base64.b64decode(content)}
    return {kind: list(content) if isinstance(content, list) else content}


def attribute_keys(table: Table) -> list[str]:
    """The key attributes of a table and of all its indexes; asked for once for each attribute of an item."""
    indexes = (*table.indexes, *table.global_indexes)
    return [*table.table_key_attrs, *(key["AttributeName"] for index in indexes for key in index.schema)]


def backends_of(original: Callable[..., Any], self: BackendDict[Any], account_id: str) -> Any:
    """The backends of an account; moto takes a lock and walks a list though it has them."""
    known = dict.get(self, account_id)
    return original(self, account_id) if known is None else known


def imported_once(original: Callable[[dict[str, str]], Any]) -> Callable[[dict[str, str]], Any]:
    """The key that signs every pool's tokens comes with moto, which works out its primes again for each pool."""
    known = functools.cache(lambda text: original(json.loads(text)))
    return lambda content: known(json.dumps(content))


def private_key(original: Callable[..., Any], spec: str) -> Any:
    """A symmetric key, such as a table's, has no private one; moto makes it one that nothing ever asks for."""
    return None if spec == SYMMETRIC else original(spec)


def mend() -> None:
    instead(DynamoType, __init__=new_value, size=weigh, to_regular_json=regular)
    instead(Table, attribute_keys=property(attribute_keys))
    around(BackendDict, "__getitem__", backends_of)
    instead(sqs, unix_time_millis=lambda: time.time() * 1000)
    import_key = imported_once(cognito.jwk.RSAKey.import_key)  # type: ignore[attr-defined]
    instead(cognito, jwk=SimpleNamespace(RSAKey=SimpleNamespace(import_key=import_key)))
    around(kms, "generate_private_key", private_key)
