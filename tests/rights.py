"""The rights that the overlays give each function, those that its calls need, and whose call it is."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import FrameType
from typing import Any

import boto3

from infra.apps_in_process import ROOT, app_folders, load_apps
from infra.local.clients import ACCOUNT_ID, REGION, Clients
from infra.local.stacks import apply, parameters
from infra.local.stacks.intrinsics import Scope, resolve
from infra.local.stacks.reading import read
from tests.infra.stacks.project import STACKS

Right = tuple[str, str]  # an action, and the ARN of what it is done to
Function = tuple[str, str]  # a capability, and its function's name in Python
# What Lambda itself does for a function, with the function's rights: the actions by the property of its event source.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
FOR_LAMBDA = {
    "Queue": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    "Stream": [f"dynamodb:{each}" for each in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")],
    "Destination": ["sqs:SendMessage"],
    "LogGroup": ["logs:CreateLogStream", "logs:PutLogEvents"],
}
# Calls that show a token of the caller's, and no credentials of ours: no policy speaks of them.
# https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html
WITH_A_TOKEN = {"GlobalSignOut", "InitiateAuth"}


def functions(name: str, exports: Mapping[str, str], given: Mapping[str, str]) -> dict[Function, dict[str, Any]]:
    """A capability's functions as CloudFormation works their overlay out with the parameters that are given.

    In place of a role's ARN stands the role.
    """
    template = read(ROOT / "infra" / "templates" / f"{name}-app.yaml")

    def attribute(logical_id: str, attribute: str) -> Any:
        resource = resolve(template.resources[logical_id]["Properties"], scope, logical_id)
        match template.resources[logical_id]["Type"], attribute:
            case "AWS::IAM::Role", "Arn":
                return resource
            case "AWS::Logs::LogGroup", "Ref":
                return resource["LogGroupName"]
            case "AWS::Logs::LogGroup", "Arn":  # with its streams, for nothing else is there to be named
                return f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{resource['LogGroupName']}:*"
        raise AssertionError(f"{logical_id}.{attribute} is not known")

    values = parameters.values(template, given)
    scope = Scope(template.name, values, template.conditions, attribute, exports.__getitem__)
    return {
        (name, _in_python(logical_id)): resolve(each["Properties"], scope, logical_id)
        for logical_id, each in template.resources.items()
        if each["Type"] == "AWS::Serverless::Function"
    }


def granted(function: Mapping[str, Any]) -> list[Right]:
    """Each action with each thing that the function's role allows it on."""
    return [
        (action, resource)
        for statement in statements(function)
        for action in _many(statement["Action"])
        for resource in _many(statement["Resource"])
    ]


def statements(function: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each for policy in function["Role"]["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def for_lambda(function: Mapping[str, Any]) -> set[Right]:
    """What Lambda needs of the function's rights."""
    log_group = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{function['LoggingConfig']['LogGroup']}:*"
    named = {"LogGroup": log_group}
    for event in function.get("Events", {}).values():
        named |= event["Properties"] | event["Properties"].get("DestinationConfig", {}).get("OnFailure", {})
    return {(action, named[place]) for place, actions in FOR_LAMBDA.items() if place in named for action in actions}


def needed(service: str, call: str, given: Mapping[str, Any]) -> Iterator[Right]:
    """The rights that a call needs: https://docs.aws.amazon.com/service-authorization/latest/reference/."""
    match service, call:
        case "sns", "PublishBatch":
            yield "sns:Publish", given["TopicArn"]
        case "sqs", "SendMessage":
            yield "sqs:SendMessage", _arn("sqs", given["QueueUrl"].rpartition("/")[2])
        case "dynamodb", "BatchGetItem":
            yield from (("dynamodb:BatchGetItem", _table(table)) for table in given["RequestItems"])
        case "dynamodb", "TransactWriteItems":  # needs the rights of what is in it, and none of its own
            for [(verb, request)] in (list(item.items()) for item in given["TransactItems"]):
                yield f"dynamodb:{verb}Item", _table(request["TableName"])
        case "dynamodb", "Query":
            yield "dynamodb:Query", f"{_table(given['TableName'])}/index/{given['IndexName']}"
        case "dynamodb", _:
            yield f"dynamodb:{call}", _table(given["TableName"])
        case "cognito-idp", _ if call in WITH_A_TOKEN:
            return
        case "cognito-idp", _:
            yield f"cognito-idp:{call}", _arn("cognito-idp", f"userpool/{given['UserPoolId']}")
        case _:
            raise AssertionError(f"which rights {service}:{call} needs is not known here")


@cache
def declared(name: str) -> frozenset[str]:
    """The functions that an app declares; all that it serves over HTTP is one together."""
    app = load_apps()[name].app
    named = (*app.event_sources, *app.builtin_auth_handlers, *app.pure_lambda_functions)
    return frozenset({"api_handler", *(each.name for each in named)})


def at_work() -> Function | None:
    """The function whose code is calling, by the place in an app.py that the call comes from; None if by none."""
    frame: FrameType | None = sys._getframe()
    while frame:
        if name := _homes().get(frame.f_code.co_filename):
            handler = frame.f_code.co_name
            return name, handler if handler in declared(name) else "api_handler"
        frame = frame.f_back
    return None


@cache
def _homes() -> Mapping[str, str]:
    return {str(folder / "app.py"): name for name, folder in app_folders().items()}


def watched(service: str, see: Callable[[Function | None, set[Right]], None]) -> Any:
    """A client that shows each call before it is made: by which function, and with which rights."""
    client = boto3.client(service)  # type: ignore[call-overload]  # the name is a variable

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        see(at_work(), set(needed(service, model.name, params)))

    client.meta.events.register("provide-client-params.*.*", note)
    return client


class Forbidden(AssertionError):
    """What AWS would answer with AccessDenied."""


@cache
def guarded(service: str) -> Any:
    """A client that lets each function do what its role allows; whoever calls past the functions may do all."""

    def see(function: Function | None, rights: set[Right]) -> None:
        if function and not rights <= _allowed()[function]:
            raise Forbidden(f"{function} may not {sorted(rights - _allowed()[function])}")

    return watched(service, see)


@cache
def _allowed() -> Mapping[Function, set[Right]]:
    """What the roles allow in the stage of the tests, whose things have the same names every time."""
    exports = apply(STACKS, {"Stage": "test"}, Clients())
    return {
        function: set(granted(each))
        for name in app_folders()
        for function, each in functions(name, exports, {"Stage": "test"}).items()
    }


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


def _table(name: str) -> str:
    return _arn("dynamodb", f"table/{name}")


def _in_python(logical_id: str) -> str:
    """APIHandler is api_handler."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", logical_id).lower()


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
