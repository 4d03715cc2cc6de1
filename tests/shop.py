"""The whole shop in one process, on a cloud in the same process, with the events delivered by hand."""

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from types import ModuleType, SimpleNamespace
from typing import Any

from chalice.config import Config
from chalice.local import LocalGateway, LocalGatewayException

from chalicelib.orders import store as orders_store
from chalicelib.products import store as products_store
from chassis import keys
from infra.apps_in_process import ROOT, load_apps
from infra.local.clients import Clients
from infra.local.stacks import apply, overlay, with_secrets
from tests.tokens import STAFF, bearer, jwks

TEMPLATES = ROOT / "infra" / "templates"
CONTEXT = SimpleNamespace(aws_request_id="00000000-0000-4000-8000-000000000000")
Delivery = Callable[[], object]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer as a client sees it."""

    status: int
    headers: dict[str, str]
    body: Any


def alike(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that two answers may have in common: all but the trace, which each request has for itself."""
    return {name: value for name, value in headers.items() if name.lower() != "traceparent"}


@dataclass
class Shop:
    """The running shop: `call` is a client, `settle` lets all events arrive, `pass_time` moves the clock."""

    clients: Clients
    apps: dict[str, ModuleType]
    streams: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)

    def call(self, method: str, path: str, body: Any = None, by: str = STAFF, **headers: str) -> Answer:
        """Sends a request to the capability that owns the path, as staff unless `by` is another, or nobody ("").

        A keyword if_match=... is the header If-Match.
        """
        gateway = LocalGateway(self.apps[owner(path)].app, Config())
        sent = {"authorization": bearer(by)} if by else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if raw is not None:
            sent.setdefault("content-type", "application/json")
        try:
            got: Any = gateway.handle_request(method, path, sent, raw)
        except LocalGatewayException as refused:  # the gateway's own no, before the app is asked
            got = {"statusCode": refused.CODE, "headers": refused.headers, "body": refused.body}
        return Answer(got["statusCode"], dict(got["headers"]), json.loads(got["body"]) if got["body"] else None)

    def customer(self, name: str) -> str:
        """The id, and subject, of a customer of that name."""
        body = {"email": f"{name}@example.com", "name": name.title()}
        assert self.call("PUT", "/customers/me", body, by=f"customer:{name}").status == 200
        return name

    def settle(self, shuffle: random.Random | None = None, times: int = 1) -> None:
        """Delivers until nothing moves; with `shuffle`, in any order; `times` is how often each delivery is made."""
        for _ in range(200):
            due = [delivery for name in self.apps if name not in self.down for delivery in self._due(name)]
            if not due:
                return
            due *= times
            if shuffle:
                shuffle.shuffle(due)
            for deliver in due:
                deliver()
        raise AssertionError("the shop does not come to rest")

    def take(self, name: str) -> list[Delivery]:
        """The deliveries that are due to a capability, to be made in any order, or never."""
        return list(self._due(name))

    def tick(self, *names: str) -> None:
        """What the schedules do, all of them unless some are named."""
        for name in names or self.apps:
            self.apps[name].tick(scheduled(), CONTEXT)

    def _due(self, name: str) -> Iterable[Delivery]:
        app = self.apps[name]
        for record in self.records(name):
            yield partial(app.relay, {"Records": [record]}, CONTEXT)
        if hasattr(app, "inbox"):
            for message in self.messages(name):
                yield partial(app.inbox, {"Records": [message]}, CONTEXT)

    def records(self, name: str) -> list[dict[str, Any]]:
        """What the table's stream has new."""
        streams: Any = self.clients.streams
        at = self.places.get(name)
        start: dict[str, Any] = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": at}
            if at
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        iterator = streams.get_shard_iterator(**self._stream(name), **start)["ShardIterator"]
        records: list[dict[str, Any]] = list(streams.get_records(ShardIterator=iterator)["Records"])
        for record in records:
            record["dynamodb"]["ApproximateCreationDateTime"] = 0
            self.places[name] = record["dynamodb"]["SequenceNumber"]
        return records

    def _stream(self, name: str) -> dict[str, str]:
        if name not in self.streams:
            table = self.clients.dynamodb.describe_table(TableName=f"emporium-test-{name}")["Table"]
            stream = self.clients.streams.describe_stream(StreamArn=table["LatestStreamArn"])["StreamDescription"]
            [shard] = stream["Shards"]
            self.streams[name] = {"StreamArn": stream["StreamArn"], "ShardId": shard["ShardId"]}
        return self.streams[name]

    def messages(self, name: str) -> list[dict[str, Any]]:
        """What waits in the inbox; taken from it at once, for these tests deliver on their own account."""
        sqs = self.clients.sqs
        url = sqs.get_queue_url(QueueName=f"emporium-test-{name}-inbox")["QueueUrl"]
        taken: list[dict[str, Any]] = []
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                taken.append({"messageId": message["MessageId"], "body": message["Body"], "attributes": {}})
        return taken

    def item(self, name: str, key: str) -> dict[str, Any]:
        """An item as it stands in a capability's table."""
        found = self.clients.dynamodb.get_item(TableName=f"emporium-test-{name}", Key={"pk": {"S": key}})
        return dict(found.get("Item", {}))

    def everything(self, name: str) -> list[dict[str, Any]]:
        """All that stands in a capability's table."""
        pages = self.clients.dynamodb.get_paginator("scan").paginate(TableName=f"emporium-test-{name}")
        return [dict(item) for page in pages for item in page["Items"]]

    def set_aside(self) -> list[str]:
        """What stands in any queue of dead letters."""
        urls = self.clients.sqs.list_queues(QueueNamePrefix="emporium-test-").get("QueueUrls", [])
        letters = [self.clients.sqs.receive_message(QueueUrl=url) for url in urls if url.endswith("dlq")]
        return [message["Body"] for letter in letters for message in letter.get("Messages", [])]


def open_shop(set_env: Callable[[str, str], None]) -> Shop:
    """Makes tables, topics and queues by the templates, and gives the apps their settings."""
    clients = _clients()
    shared = [TEMPLATES / "backbone.yaml", TEMPLATES / "identity.yaml"]
    templates = [*shared, *(TEMPLATES / f"{name}-data.yaml" for name in load_apps())]
    exports = apply(templates, {"Stage": "test"}, clients)
    for name in load_apps():
        told = overlay(TEMPLATES / f"{name}-app.yaml", exports, {"Stage": "test"})
        for setting, value in with_secrets(told, clients).environment.items():
            if setting != "PARTIAL_BATCH_RESPONSES":  # these tests want to see what fails
                set_env(setting, value)
    set_env("CUSTOMERS_LEAST_ANSWER_MS", "0")
    keys.use(jwks)
    forget_sign_outs()  # of another shop, whose people have the same names
    return Shop(clients, load_apps())


def forget_sign_outs() -> None:
    """What was read of sign-outs a moment ago is to be read anew."""
    for store in (orders_store, products_store):
        store.sign_outs.read.clear()


def owner(path: str) -> str:
    """The capability that has the path."""
    segment = path.split("/")[1].split("?")[0]
    return {"sessions": "customers", "catalogue": "products"}.get(segment, segment)


@cache
def _clients() -> Clients:
    """Making clients costs more than most tests; the cloud behind them is new each time."""
    return Clients()


def scheduled() -> dict[str, Any]:
    """What a schedule hands on."""
    return {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}, "resources": []} | dict.fromkeys(
        ("id", "account", "time", "region", "version"), ""
    )
