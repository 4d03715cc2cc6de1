"""Each function may do what it does, on what is its own, and nothing else."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis import aws, clock
from infra.apps_in_process import ROOT, app_folders
from infra.local.stacks import apply
from tests.contracts.stocked import PRICE, ids, made
from tests.infra.stacks.project import STACKS
from tests.rights import (
    FOR_LAMBDA,
    Forbidden,
    Function,
    Right,
    declared,
    for_lambda,
    functions,
    granted,
    guarded,
    statements,
    watched,
)
from tests.shop import CONTEXT, Shop, forget_sign_outs
from tests.tokens import subject

Used = dict[Function, set[Right]]
PASSWORD = "Correct-horse-1"
LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def used(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Used]:
    """The rights that the shop's calls need, as they are made, by the function that makes them."""
    monkeypatch.setenv("CUSTOMERS_LEAST_ANSWER_MS", "0")
    found: Used = defaultdict(set)

    def see(function: Function | None, rights: set[Right]) -> None:
        assert function, f"no function asks for {rights}"
        found[function] |= rights

    aws.use(lambda service: watched(service, see))
    forget_sign_outs()
    yield found
    aws.use(None)


@pytest.fixture
def deployed(shop: Shop) -> dict[Function, dict[str, Any]]:
    """Every function with its role, over the very things that the shop works on."""
    return in_aws(shop)


def in_aws(shop: Shop, **given: str) -> dict[Function, dict[str, Any]]:
    stage = {"Stage": "test"}
    exports = apply(STACKS, stage, shop.clients)
    apps = (functions(name, exports, stage | given) for name in app_folders())
    return {function: each for app in apps for function, each in app.items()}


def live_through_everything(shop: Shop) -> None:
    """Every kind of call that the functions make."""
    made(shop.call("POST", "/products/tea/stock-adjustments", {"delta": 5, "reason": "delivery"}))
    there = ids(shop)
    customer, order = there["customer_id"], there["order_id"]
    for path in (f"/customers/{customer}", f"/orders?customer_id={customer}", "/products", "/catalogue?status=active"):
        made(shop.call("GET", path))
    made(shop.call("GET", "/products?category=drinks"))
    made(shop.call("PATCH", f"/customers/{customer}", {"name": "Countess"}, if_match="*"))
    made(shop.call("PATCH", "/products/tea", {"price": PRICE | {"amount": 1}}, if_match="*"))
    made(shop.call("POST", f"/orders/{order}/cancel"))
    made(shop.call("DELETE", f"/customers/{customer}", if_match="*"))
    come_and_go(shop)
    clock.use(lambda: datetime.now(UTC) + timedelta(days=1))
    shop.tick()  # an order still waits
    shop.settle()
    for name, app in shop.apps.items():
        app.relay(_untellable(name), CONTEXT)


def come_and_go(shop: Shop) -> None:
    """All that is done with an account."""
    account = {"email": "lin@example.com", "password": PASSWORD}
    sign_up = account | {"name": "Lin"}
    assert shop.call("POST", "/customers", sign_up | {"password": "poor-password"}, by="").status == 422
    for _ in range(2):  # the second finds the account
        made(shop.call("POST", "/customers", sign_up, by=""))
    session = made(shop.call("POST", "/sessions", account, by=""))
    made(shop.call("POST", "/sessions/refresh", {"refresh_token": session["refresh_token"]}, by=""))
    signed_in = {"by": "", "authorization": f"Bearer {session['access_token']}"}
    shop.settle()
    made(shop.call("POST", "/orders", {"lines": [{"sku": "tea", "quantity": 1}]}, **signed_in))
    made(shop.call("DELETE", "/sessions", **signed_in))
    again = made(shop.call("POST", "/sessions", account, by=""))
    signed_in["authorization"] = f"Bearer {again['access_token']}"
    made(shop.call("DELETE", "/customers/me", if_match="*", **signed_in))
    made(shop.call("DELETE", f"/customers/{subject(again['access_token'])}/personal-data", if_match="*"))


def _untellable(name: str) -> dict[str, Any]:
    """A stream record whose fact nobody knows, which the relay sets aside."""
    outbox = {"L": [{"M": {"fact": {"S": "Unheard"}, "trace": {"S": ""}}}]}
    image = {"pk": {"S": f"{name}#1"}, "version": {"N": "1"}, "changed_at": {"S": ""}, "outbox": outbox}
    return {"Records": [{"dynamodb": {"SequenceNumber": "1", "NewImage": image}}]}


def test_a_function_may_do_exactly_what_it_does(shop: Shop, used: Used, deployed: dict[Function, Any]) -> None:
    live_through_everything(shop)
    assert used.keys() <= deployed.keys()
    for function, each in deployed.items():
        assert set(granted(each)) == used[function] | for_lambda(each), function


def test_a_function_that_is_traced_may_write_its_traces_and_nothing_else_besides(
    shop: Shop, deployed: dict[Function, Any]
) -> None:
    """To no thing by name: X-Ray has none for them."""
    for function, each in in_aws(shop, Tracing="Active").items():
        assert set(granted(each)) - set(granted(deployed[function])) == {
            ("xray:PutTelemetryRecords", "*"),
            ("xray:PutTraceSegments", "*"),
        }, function
        assert each["Tracing"] == "Active"


def test_what_a_function_may_not_do_is_forbidden_in_every_test_of_the_shop(shop: Shop) -> None:
    source = "dynamodb.scan(TableName='emporium-test-orders')"
    code = compile(source, str(app_folders()["orders"] / "app.py"), "exec")
    with pytest.raises(Forbidden, match=r"\('orders', 'api_handler'\) may not \[\('dynamodb:Scan'"):
        exec(code, {"dynamodb": guarded("dynamodb")})  # nosec B102  # a line as if it stood in app.py


def test_a_right_names_its_action_and_its_thing_and_nothing_but_log_streams_by_a_wildcard(
    deployed: dict[Function, Any],
) -> None:
    for function, each in deployed.items():
        own_logs = f":log-group:{each['LoggingConfig']['LogGroup']}:*"  # Lambda names the streams as it makes them
        for action, resource in granted(each):
            assert "*" not in action, function
            assert "*" not in resource or (action in FOR_LAMBDA["LogGroup"] and resource.endswith(own_logs)), function
        assert {"Effect", "Action", "Resource", "Sid"} == {key for one in statements(each) for key in one}, function
        assert {one["Effect"] for one in statements(each)} == {"Allow"}, function


def test_a_right_is_on_a_thing_of_the_functions_own_capability_or_the_accounts(deployed: dict[Function, Any]) -> None:
    for (name, function), each in deployed.items():
        for action, resource in granted(each):
            own = f"emporium-test-{name}" in resource or f"/emporium/test/{name}/{function}:" in resource
            assert own or (name == "customers" and action.startswith("cognito-idp:Admin")), (name, function, action)


def test_every_function_has_a_role_that_nobody_takes_on_but_lambda(deployed: dict[Function, Any]) -> None:
    assert deployed.keys() == {(name, each) for name in app_folders() for each in declared(name)}
    for function, each in deployed.items():
        assert each["Role"].keys() == {"AssumeRolePolicyDocument", "Policies"}, function
        assert each["Role"]["AssumeRolePolicyDocument"]["Statement"] == [LAMBDA], function


@pytest.mark.parametrize("name", app_folders())
def test_an_app_without_its_overlay_has_no_role_that_there_is(name: str) -> None:
    config = json.loads((ROOT / "functions" / name / ".chalice/config.json").read_text(encoding="utf-8"))
    assert config["manage_iam_role"] is False
    assert config["iam_role_arn"].startswith("arn:aws:iam::000000000000:role/")
    assert not {"manage_iam_role", "iam_role_arn"} & {key for stage in config["stages"].values() for key in stage}
