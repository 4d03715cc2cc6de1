"""Watches what the functions do, and counts by the rules of infra.cost what AWS would bill for it."""

import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from infra.cost.counting import Call, Key, billed, touched
from infra.cost.units import Index, Item, pieces, stored
from infra.local.clients import Clients
from tests.rights import at_work

Act = dict[str, dict[str, float]]  # what is billed, by the function whose doing it is
_FRACTION = re.compile(r"\d+\.\d+")  # a time that was measured, of any width: four signs here


class _Lines(io.StringIO):
    """Where the functions write their log: each line counts for the one that writes it."""

    def __init__(self, meter: "Meter") -> None:
        super().__init__()
        self._meter = meter

    def write(self, text: str) -> int:
        self._meter.note({"log_bytes": len(_FRACTION.sub("10.0", text).encode())})
        return len(text)


class Meter:
    """Counts by function; `running` is the one whose turn it is, where no frame of an app.py tells."""

    def __init__(self, clients: Clients) -> None:
        self.clients = clients
        self.counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.indexes = {name: self._indexes(name) for name in clients.dynamodb.list_tables()["TableNames"]}
        self.running = ""
        self.waits: list[float] = []

    @contextmanager
    def turn(self, function: str) -> Iterator[None]:
        """An invocation of a function."""
        self.running, printed = function, sys.stdout
        sys.stdout = _Lines(self)
        self.note({"invocations": 1})
        try:
            yield
        finally:
            self.note({"waited_ms": round(sum(self.waits) * 1000)})
            sys.stdout, self.running = printed, ""
            self.waits.clear()

    def note(self, units: dict[str, float]) -> None:
        """Counts for the function at work, whose code is found among the frames, or whose turn it is."""
        if self.running:
            found = at_work()
            self.add(".".join(found) if found else self.running, units)

    def add(self, function: str, units: dict[str, float]) -> None:
        self.counted[function].update({name: amount for name, amount in units.items() if amount})

    def received(self, function: str, body: str | None) -> None:
        """What Lambda does with a message that it gives to a function alone: receives it, and deletes it.

        A record of a stream has no body: Lambda reads streams for nothing.
        https://aws.amazon.com/dynamodb/pricing/on-demand/
        """
        if body is not None:
            self.add(function, {"sqs_requests": pieces(len(body.encode())) + 1})

    def client(self, service: str) -> Any:
        """A client whose calls are counted: for chassis.aws.use."""
        client = boto3.client(service)  # type: ignore[call-overload]  # the name is a variable
        client.meta.events.register("provide-client-params.*.*", self._before)
        client.meta.events.register("after-call.*.*", self._after)
        return client

    def stored(self) -> int:
        """Bytes that all tables take."""
        pages = (
            (table, page)
            for table in self.indexes
            for page in self.clients.dynamodb.get_paginator("scan").paginate(TableName=table)
        )
        return sum(stored(item, self.indexes[table]) for table, page in pages for item in page["Items"])

    def _before(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params
        context["before"] = self._items(touched(model.service_model.service_name, model.name, params))

    def _after(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        service, asked = model.service_model.service_name, context["asked"]
        after = self._items(touched(service, model.name, asked))
        self.note(billed(Call(service, model.name, asked, parsed, self.indexes, context["before"], after)))

    def _items(self, keys: list[Key]) -> list[Item | None]:
        return [
            self.clients.dynamodb.get_item(TableName=table, Key={"pk": {"S": key}}).get("Item") for table, key in keys
        ]

    def _indexes(self, table: str) -> list[Index]:
        described = self.clients.dynamodb.describe_table(TableName=table)["Table"]
        found = described.get("GlobalSecondaryIndexes", [])
        assert all(each["Projection"]["ProjectionType"] == "KEYS_ONLY" for each in found), "as infra.cost counts them"
        return [Index(tuple(key["AttributeName"] for key in each["KeySchema"])) for each in found]
