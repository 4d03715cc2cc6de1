"""When what we need does not answer, or we are wrong ourselves: the client learns which, and nothing more."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError
from msgspec import inspect

from chassis import aws, clock
from chassis.doors import Door
from infra.apps_in_process import load_apps
from tests import bad_input
from tests.gateway import Reply, ask

DOORS = [
    pytest.param(name, door, id=f"{door.method} {door.path}")
    for name, app in load_apps().items()
    for door in app.door.all
]
every_door = pytest.mark.parametrize(("name", "door"), DOORS)
SECRET = "arn:aws:dynamodb:secret"


def refused_by_aws(code: str, status: int) -> ClientError:
    response = {"Error": {"Code": code, "Message": SECRET}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "GetItem")  # type: ignore[arg-type]  # less than AWS sends, and enough


PASSING = [
    EndpointConnectionError(endpoint_url=SECRET),
    ConnectTimeoutError(endpoint_url=SECRET),
    refused_by_aws("ProvisionedThroughputExceededException", 400),
    refused_by_aws("ThrottlingException", 400),
    refused_by_aws("InternalServerError", 500),
]
OUR_FAULT = [refused_by_aws("ValidationException", 400), refused_by_aws("AccessDeniedException", 400), KeyError(SECRET)]


class Broken:
    """A cloud in which every call fails in the same way."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        aws.use(lambda service: self)

    def __getattr__(self, name: str) -> Any:
        def fail(**request: Any) -> None:
            raise self.error

        return fail


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("CUSTOMERS_TABLE", "ORDERS_TABLE", "PRODUCTS_TABLE", "IDENTITY_ISSUER", "CUSTOMERS_USER_POOL_ID"):
        monkeypatch.setenv(name, "any")
    monkeypatch.setenv("CUSTOMERS_USER_POOL_CLIENT_ID", "any")
    clock.use(None, lambda seconds: None)
    yield
    aws.use(None)


def ask_rightly(name: str, door: Door) -> Reply:
    """A request that is right in all, from staff who is a customer too."""
    query = inspect.type_info(door.query).fields  # type: ignore[attr-defined]  # a query is a Struct
    return ask(
        load_apps()[name].app,
        door.method,
        door.path,
        dict.fromkeys(("customer_id", "order_id", "sku"), "any"),
        query="&".join(
            f"{field.encode_name}={bad_input.right(field.type)}"
            for field in query
            if field.required or field.name == "customer_id"
        ),
        headers={"content-type": "application/json", "if-match": "*"},
        body=json.dumps(bad_input.right(inspect.type_info(door.takes))).encode(),
        by="staff:any",
    )


@every_door
def test_while_something_that_we_need_is_away_the_client_is_asked_to_come_again(name: str, door: Door) -> None:
    for error in PASSING:
        Broken(error)
        reply = ask_rightly(name, door)
        assert (reply.status, reply.headers["retry-after"]) == (503, "1"), error
        assert reply.body["type"] == "urn:emporium:problem:unavailable"
        assert SECRET.encode() not in reply.raw


@every_door
def test_our_own_fault_is_told_without_its_cause_and_logged_with_it(
    name: str, door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    for error in OUR_FAULT:
        Broken(error)
        reply = ask_rightly(name, door)
        assert (reply.status, reply.headers["content-type"]) == (500, "application/problem+json")
        assert SECRET.encode() not in reply.raw
        logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        [broken] = [line for line in logged if line["level"] == "error"]
        assert SECRET in broken["cause"]
        assert reply.body["instance"] == f"urn:uuid:{broken['request_id']}"


@every_door
def test_a_setting_that_is_missing_is_our_fault(name: str, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"{name.upper()}_TABLE")
    Broken(KeyError("never asked"))
    assert ask_rightly(name, door).status == 500
