"""A capability may do what it does, on what is its own, and nothing else."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chassis import aws, clock
from infra.apps_in_process import ROOT, app_folders
from tests.contracts.stocked import PRICE, ids, made
from tests.shop import CONTEXT, Shop

Right = tuple[str, str]  # an action, and the end of the name of what it is done to
# What Lambda itself does for a function, with the function's rights.
FOR_LAMBDA = {
    *(f"dynamodb:{action}" for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")),
    *(f"sqs:{action}" for action in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")),
    *(f"logs:{action}" for action in ("CreateLogGroup", "CreateLogStream", "PutLogEvents")),
}


def policy(name: str) -> list[tuple[str, str]]:
    """Each action with each resource that the policy of the stage dev allows it on."""
    document = json.loads((ROOT / "functions" / name / ".chalice/policy-dev.json").read_text(encoding="utf-8"))
    assert {statement["Effect"] for statement in document["Statement"]} == {"Allow"}
    return [
        (action, resource)
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in _many(statement["Resource"])
    ]


def _many(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def needed(call: str, given: dict[str, Any]) -> Iterator[Right]:
    """The rights that a call needs: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html."""
    match call:
        case "PublishBatch":
            yield "sns:Publish", given["TopicArn"].rpartition(":")[2]
        case "SendMessage":
            yield "sqs:SendMessage", given["QueueUrl"].rpartition("/")[2]
        case "BatchGetItem":
            yield from (("dynamodb:BatchGetItem", f"table/{table}") for table in given["RequestItems"])
        case "TransactWriteItems":  # needs the rights of what is in it, and none of its own
            for [(verb, request)] in (list(item.items()) for item in given["TransactItems"]):
                yield f"dynamodb:{verb}Item", f"table/{request['TableName']}"
        case "Query":
            yield "dynamodb:Query", f"table/{given['TableName']}/index/{given['IndexName']}"
        case _:
            yield f"dynamodb:{call}", f"table/{given['TableName']}"


@pytest.fixture
def used(shop: Shop) -> Iterator[set[Right]]:
    """The rights that the shop's calls need, as they are made."""
    found: set[Right] = set()

    def make(service: str) -> Any:
        client = boto3.client(service)  # type: ignore[call-overload]  # the name is a variable
        client.meta.events.register(
            "provide-client-params.*.*", lambda params, model, **_: found.update(needed(model.name, params))
        )
        return client

    aws.use(make)
    yield found
    aws.use(None)


def live_through_everything(shop: Shop) -> None:
    """Every kind of call that the capabilities make."""
    there = ids(shop)
    customer, order = there["customer_id"], there["order_id"]
    for path in (f"/customers/{customer}", f"/orders?customer_id={customer}", "/products", "/products?category=drinks"):
        made(shop.call("GET", path))
    made(shop.call("PATCH", f"/customers/{customer}", {"email": "countess@example.com"}, if_match="*"))
    made(shop.call("PATCH", "/products/tea", {"price": PRICE | {"amount": 1}}, if_match="*"))
    made(shop.call("POST", f"/orders/{order}/cancel"))
    made(shop.call("DELETE", f"/customers/{customer}", if_match="*"))
    shop.settle()
    clock.use(lambda: datetime.now(UTC) + timedelta(days=1))
    shop.tick()
    for name, app in shop.apps.items():
        app.relay(_untellable(name), CONTEXT)


def _untellable(name: str) -> dict[str, Any]:
    """A stream record whose fact nobody knows, which the relay sets aside."""
    outbox = {"L": [{"M": {"fact": {"S": "Unheard"}, "trace": {"S": ""}}}]}
    image = {"pk": {"S": f"{name}#1"}, "version": {"N": "1"}, "changed_at": {"S": ""}, "outbox": outbox}
    return {"Records": [{"dynamodb": {"SequenceNumber": "1", "NewImage": image}}]}


def test_a_capability_may_do_exactly_what_it_does(shop: Shop, used: set[Right]) -> None:
    live_through_everything(shop)
    for name in app_folders():
        own = {(action, what) for action, what in used if f"emporium-test-{name}" in what}
        allowed = {
            (action, resource.rpartition(":")[2].replace("emporium-dev-", "emporium-test-"))
            for action, resource in policy(name)
            if action not in FOR_LAMBDA
        }
        assert allowed == own, name
    assert {what.removeprefix("table/").split("/")[0].split("-")[2] for _, what in used} == set(app_folders())


@pytest.mark.parametrize("name", app_folders())
def test_a_right_names_its_action_and_a_thing_of_the_capabilitys_own_stage(name: str) -> None:
    for action, resource in policy(name):
        assert "*" not in action
        assert f"emporium-dev-{name}" in resource


@pytest.mark.parametrize("name", app_folders())
def test_a_deployed_stage_has_the_rights_that_were_written_for_it(name: str) -> None:
    config = json.loads((ROOT / "functions" / name / ".chalice/config.json").read_text(encoding="utf-8"))
    assert config["autogen_policy"] is False
    deployed = {stage: each["iam_policy_file"] for stage, each in config["stages"].items() if stage != "local"}
    assert deployed == {stage: f"policy-{stage}.json" for stage in deployed}
    assert all((ROOT / "functions" / name / ".chalice" / file).is_file() for file in deployed.values())
