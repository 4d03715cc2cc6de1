"""What plain `chalice deploy` has to be told of a stage: worked out from the overlay and from what the stacks export.

https://aws.github.io/chalice/topics/configfile.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.stacks.intrinsics import Scope, Unknown, resolve

# Chalice can not ask Lambda for the answer that this switch makes handlers give: what failed would be lost.
_NOT_FOR_CHALICE = frozenset({"PARTIAL_BATCH_RESPONSES"})
# What the apps read of where their events come from; an overlay gives it to the event source itself.
_SOURCES: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "Queue": lambda arn: ("INBOX", arn.rpartition(":")[2]),
    "Stream": lambda arn: ("STREAM_ARN", arn),
}


@dataclass(frozen=True)
class Place:
    """Where it is deployed to; `secret` gives a secret's value by its name or ARN."""

    account: str
    region: str
    exports: Mapping[str, str]
    secret: Callable[[str], str]


@dataclass(frozen=True)
class Configured:
    """The stage's entry in .chalice/config.json, and the policy files that it names."""

    entry: dict[str, Any]
    policies: dict[str, dict[str, Any]]


def configured(
    capability: str, app_name: str, overlay: Mapping[str, Any], values: Mapping[str, str], place: Place
) -> Configured:
    """`values` are the parameters of the overlay. Raises Unknown for an export that is not there."""
    stage = values["Stage"]
    scope = _scope(capability, overlay, values, place)
    shared = resolve(overlay.get("Globals", {}).get("Function", {}), scope, "Globals.Function")
    environment = _variables(shared, place)
    functions, policies = {}, {}
    for logical_id, function in overlay["Resources"].items():
        if function.get("Type") != "AWS::Serverless::Function":
            continue
        name = handler(logical_id)
        properties = resolve(function["Properties"], scope, f"Resources.{logical_id}.Properties")
        policy = f"policy-{stage}-{name}.json"
        policies[policy] = _policy(overlay, function, scope, _log_group(f"{app_name}-{stage}", name, place))
        environment |= _sources(capability, properties)
        functions[name] = _function(properties, shared, policy, place)
    entry = {"api_gateway_stage": "api", "autogen_policy": False, "environment_variables": environment}
    return Configured(entry | {"lambda_functions": functions}, policies)


def _function(properties: Mapping[str, Any], shared: Mapping[str, Any], policy: str, place: Place) -> dict[str, Any]:
    said = {**shared, **properties}
    settings = {
        "lambda_timeout": said.get("Timeout"),
        "lambda_memory_size": said.get("MemorySize"),
        "environment_variables": _variables(properties, place),
    }
    kept = {name: int(value) if isinstance(value, str) else value for name, value in settings.items() if value}
    traced = {"xray": True} if said.get("Tracing") == "Active" else {}
    return {"manage_iam_role": True, "iam_policy_file": policy} | traced | kept


def _variables(properties: Mapping[str, Any], place: Place) -> dict[str, str]:
    variables = properties.get("Environment", {}).get("Variables", {})
    return {name: _told(value, place) for name, value in variables.items() if name not in _NOT_FOR_CHALICE}


_SECRET = re.compile(r"\{\{resolve:secretsmanager:([^}]+)\}\}")


def _told(value: str, place: Place) -> str:
    """CloudFormation would fill in the secret; here it is done by hand."""
    return _SECRET.sub(lambda reference: place.secret(reference[1]), value)


def _sources(capability: str, properties: Mapping[str, Any]) -> dict[str, str]:
    events = [event.get("Properties", {}) for event in properties.get("Events", {}).values()]
    told = [_SOURCES[name](event[name]) for event in events for name in _SOURCES if name in event]
    return {f"{capability.upper()}_{name}": value for name, value in told}


def _policy(overlay: Mapping[str, Any], function: Mapping[str, Any], scope: Scope, log_group: str) -> dict[str, Any]:
    """The rights of the function's own role; its logs go to the group that Lambda makes for it by its name."""
    role = function["Properties"]["Role"]["Fn::GetAtt"][0]
    policies = resolve(overlay["Resources"][role]["Properties"]["Policies"], scope, f"Resources.{role}")
    statements = [dict(each) for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    for each in statements:
        if any(action.startswith("logs:") for action in each["Action"]):
            each |= {"Action": ["logs:CreateLogGroup", *each["Action"]], "Resource": log_group}
    return {"Version": "2012-10-17", "Statement": statements}


def _log_group(app: str, name: str, place: Place) -> str:
    """Of the name that Chalice gives to a function; what answers HTTP is called as the app."""
    function = app if name == "api_handler" else f"{app}-{name}"
    return f"arn:aws:logs:{place.region}:{place.account}:log-group:/aws/lambda/{function}:*"


def _scope(capability: str, overlay: Mapping[str, Any], values: Mapping[str, str], place: Place) -> Scope:
    def attribute(logical_id: str, name: str) -> str:
        return f"{logical_id}.{name}"  # of a role or a log group, which Chalice makes itself

    def export(name: str) -> str:
        if name not in place.exports:
            raise Unknown(f"nothing exports {name}")
        return place.exports[name]

    known = {"AWS::AccountId": place.account, "AWS::Region": place.region, **values}
    return Scope(f"{capability}-app.yaml", known, overlay.get("Conditions", {}), attribute, export)


def handler(logical_id: str) -> str:
    """As Python names the function that Chalice calls so: APIHandler is api_handler."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", logical_id).lower()
