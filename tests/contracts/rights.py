"""The rights that the overlays give each function, those that its calls need, and whose call it is."""

import re
import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from infra.apps_in_process import ROOT, app_folders, load_apps
from infra.local.clients import ACCOUNT_ID, REGION
from infra.local.stacks.intrinsics import Scope, resolve
from infra.local.stacks.reading import read

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
WITHOUT_RIGHTS = {"cognito-idp:GlobalSignOut", "cognito-idp:InitiateAuth"}


def functions(name: str, exports: Mapping[str, str], stage: str) -> dict[Function, dict[str, Any]]:
    """A capability's functions as CloudFormation works their overlay out; in place of a role's ARN stands the role."""
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

    scope = Scope(template.name, {"Stage": stage}, template.conditions, attribute, exports.__getitem__)
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
        case "sqs", _:
            yield f"sqs:{call}", _arn("sqs", given["QueueUrl"].rpartition("/")[2])
        case "dynamodb", "BatchGetItem":
            yield from (("dynamodb:BatchGetItem", _table(table)) for table in given["RequestItems"])
        case "dynamodb", "TransactWriteItems":  # needs the rights of what is in it, and none of its own
            for [(verb, request)] in (list(item.items()) for item in given["TransactItems"]):
                yield f"dynamodb:{verb}Item", _table(request["TableName"])
        case "dynamodb", "Query":
            yield "dynamodb:Query", f"{_table(given['TableName'])}/index/{given['IndexName']}"
        case "dynamodb", _:
            yield f"dynamodb:{call}", _table(given["TableName"])
        case "cognito-idp", _ if f"{service}:{call}" not in WITHOUT_RIGHTS:
            yield f"cognito-idp:{call}", _arn("cognito-idp", f"userpool/{given['UserPoolId']}")


def declared(name: str) -> set[str]:
    """The functions of its own that an app declares; what it serves over HTTP is one function together."""
    app = load_apps()[name].app
    return {each.name for each in (*app.event_sources, *app.builtin_auth_handlers, *app.pure_lambda_functions)}


def at_work() -> Function:
    """The function whose code is calling: the one in app.py that stands lowest on the stack."""
    homes = {str(folder / "app.py"): name for name, folder in app_folders().items()}
    frame: FrameType | None = sys._getframe()
    while frame:
        if name := homes.get(frame.f_code.co_filename):
            handler = frame.f_code.co_name
            return name, handler if handler in declared(name) else "api_handler"
        frame = frame.f_back
    raise AssertionError("a call that no function makes")


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


def _table(name: str) -> str:
    return _arn("dynamodb", f"table/{name}")


def _in_python(logical_id: str) -> str:
    """APIHandler is api_handler."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", logical_id).lower()


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
