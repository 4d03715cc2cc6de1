"""A request straight to an app, as API Gateway hands it on: for requests that no well-behaved client makes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import pytest
from moto import mock_aws

from chassis import clock
from infra.local.moto.hardening import harden
from infra.local.proxy import event_of, response_of
from infra.local.routes import Match
from infra.local.web.messages import Request
from tests.shop import CONTEXT, Shop, open_shop
from tests.tokens import STAFF


@dataclass(frozen=True)
class Reply:
    """What the app answered; the names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


def ask(
    app: Any,
    method: str,
    route: str,
    names: dict[str, str] | None = None,
    *,
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    by: str = STAFF,
) -> Reply:
    """Calls the app for a route, with the path parameters `names` as they are: no client could send all of them.

    `by` is whom the authorizer says it found.
    """
    headers = headers or {}
    sent = Request(method, route, (), body)
    event = event_of(sent, Match(route, names or {}), stage="test", request_id=CONTEXT.aws_request_id, binary=[])
    event |= {"headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()}}
    event["requestContext"]["authorizer"] = identified(by)
    if query:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        event["multiValueQueryStringParameters"] = {name: [v for n, v in pairs if n == name] for name, _ in pairs}
    response = response_of(app(event, CONTEXT))
    return Reply(response.status, {name.lower(): value for name, value in response.headers}, response.body)


def identified(by: str) -> dict[str, str]:
    """What an authorizer hands on of a caller."""
    kind, _, id = by.partition(":")
    return {"kind": kind, "subject": id, "expires": str(int(clock.now().timestamp()) + 900)}


@contextmanager
def lasting_shop() -> Iterator[Shop]:
    """A shop for a whole module: opening one costs more than most of what is asked there."""
    harden()
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"core": {"reset_boto3_session": False}}):
        yield open_shop(patch.setenv)
