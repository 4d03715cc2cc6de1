"""The short way to the four services that carry a shop's traffic: the same handlers, without what leads up to them.

A request on the long way is made into a WSGI environment, a Flask request and a werkzeug request, matched against
some hundred regular expressions, and interpreted by a model that is interpreted itself.
"""

import functools
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

from botocore.model import OperationNotFoundError
from moto import settings
from moto.core import responses as core
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.config import passthrough_service, passthrough_url, service_whitelisted
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores, get_service_model, method_names_from_class
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
from moto.moto_api import recorder
from moto.moto_api._internal import mock_random
from moto.sns.responses import SNSResponse
from moto.sqs.responses import SQSResponse
from moto.utilities import aws_headers
from moto.utilities.utils import get_partition

from infra.local.moto import forms, shapes
from infra.local.moto.call import Call, Headers
from infra.local.moto.patching import around, instead

Raw = tuple[int, dict[str, Any], str | bytes]

HANDLERS: dict[str, type[BaseResponse]] = {
    "DynamoDB_20120810": DynamoHandler,
    "DynamoDBStreams_20120810": DynamoDBStreamsHandler,
    "AmazonSQS": SQSResponse,
}
FORM = "application/x-www-form-urlencoded"
JSON_ACTIONS = frozenset(
    """
    PutItem GetItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem TransactWriteItems TransactGetItems
    GetRecords GetShardIterator SendMessage SendMessageBatch ReceiveMessage DeleteMessage DeleteMessageBatch
    ChangeMessageVisibility ChangeMessageVisibilityBatch
    """.split()  # noqa: SIM905
)


def answer(call: Call) -> Raw | None:
    """None when the request has to take the long way."""
    handler = handler_of(call)
    if handler is None or recorder._user_enabled or float("inf") != settings.INITIAL_NO_AUTH_ACTION_COUNT:
        return None
    try:
        status, headers, body = handler.dispatch(call, call.url, call.headers)
    except OperationNotFoundError:
        return 400, {}, json.dumps({"__type": "UnknownOperationException"})
    except ValueError:  # JSON's and UTF-8's errors are among them
        if is_readable(call):
            raise
        return 400, {}, json.dumps({"__type": "SerializationException"})
    return status, headers, body


def is_readable(call: Call) -> bool:
    try:
        json.loads(call.body or "{}")
    except ValueError:
        return "x-amz-target" not in call.headers
    return True


def handler_of(call: Call) -> type[BaseResponse] | None:
    if call.method != "POST" or "content-encoding" in call.headers or region_and_service(call) is None:
        return None
    target = call.headers.get("x-amz-target")
    if target:
        return HANDLERS.get(target.partition(".")[0])
    signed_for_sns = region_and_service(call)[1] == "sns"  # type: ignore[index]  # not None, see above
    return SNSResponse if signed_for_sns and call.headers.get("content-type").startswith(FORM) else None


def region_and_service(call: Call) -> tuple[str, str] | None:
    """Out of `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, ...`."""
    algorithm, _, rest = call.headers.get("authorization").partition(" Credential=")
    scope = rest.partition(",")[0].split("/")
    return (scope[2], scope[3]) if algorithm == "AWS4-HMAC-SHA256" and len(scope) == 5 else None


def set_up(original: Callable[..., None], self: Any, request: Any, *args: Any, **kwargs: Any) -> None:
    """Everything that moto's handlers look for on themselves, straight from the call."""
    if not isinstance(request, Call):
        original(self, request, *args, **kwargs)
        return
    self.is_werkzeug_request = True
    self.normalized_request, self.headers, self.method = request, request.headers, request.method
    self.uri, self.raw_path, self.path = request.url, request.path, request.path
    self.parsed_url = urlparse(request.url)
    self.raw_body, self.form_data, self.uri_match = request.body, {}, {}
    self.body = request.body.decode()
    self.querystring = self.data = {}
    self.region = region_and_service(request)[0]  # type: ignore[index]  # it would not be on this way
    self.partition = get_partition(self.region)
    self.response_headers = {"server": "amazon.com"}
    self.access_key = self.get_access_key()
    self.current_account = self.get_current_account()
    if isinstance(self, SNSResponse):
        tree = forms.fields(self.body)
        self.querystring = self.data = {"Action": [str(tree.get("Action", ""))]}
        self.params = forms.read(operation("sns", self._get_action()).input_shape, tree)
    else:
        read = json_reader(self.boto3_service_name, self._get_action())
        self.params = read(json.loads(self.body or "{}"))


@functools.cache
def operation(service: str, action: str) -> Any:
    return get_service_model(service).operation_model(action)


@functools.cache
def json_reader(service: str, action: str) -> shapes.Convert:
    return shapes.reader(operation(service, action).input_shape)


@functools.cache
def json_writer(service: str, action: str) -> shapes.Convert:
    return shapes.writer(operation(service, action).output_shape)


def serialized(original: Callable[..., Raw], self: BaseResponse, result: ActionResult) -> Raw:
    action = self._get_action()
    if isinstance(result.result, Exception):
        return original(self, result)
    if action in JSON_ACTIONS and isinstance(self, tuple(HANDLERS.values())):
        body = json.dumps(json_writer(self.boto3_service_name, action)(result.result or {}))
        return 200, {"Content-Type": "application/x-amz-json-1.0", **self.response_headers}, body
    if action in forms.XML and isinstance(self, SNSResponse):
        body = forms.XML[action](result.result)
        return 200, {"Content-Type": "text/xml", **self.response_headers}, body
    return original(self, result)


def request_id(headers: dict[str, Any] | None = None) -> str:
    name = f"{mock_random.getrandbits(208):052x}"
    if headers is not None:
        headers["x-amzn-requestid"] = name
    return name


def enrich(original: Callable[..., Any], headers: dict[str, str], body: Any) -> Any:
    """Only XML has the request's id in its body; moto searches the whole of every body for it."""
    if isinstance(body, str) and body.startswith("{"):
        headers["x-amzn-requestid"] = request_id()
        if "status" in headers:
            headers["status"] = str(headers["status"])
        return headers, body
    return original(headers, body)


def in_process(original: Callable[..., Any], self: BotocoreStubber, request: Any) -> Any:
    """A boto3 client within this process; its host says which service it means."""
    url = urlparse(request.url)
    if url.netloc.endswith(".amazonaws.com") and is_moto_s(request.url):
        raw = answer(call_of(request, url))
        if raw is not None:
            return raw
    return original(self, request)


def is_moto_s(url: str) -> bool:
    """Whether no setting of moto's says that this call is for somebody else."""
    service = urlparse(url).netloc.partition(".")[0]
    passed_on = passthrough_url(url.partition("?")[0]) or passthrough_service(service)
    return service_whitelisted(service) and not passed_on


def call_of(request: Any, url: Any) -> Call:
    headers = Headers([(name, text(value)) for name, value in request.headers.items()])
    headers["host"] = url.netloc
    body = request.body.encode() if isinstance(request.body, str) else request.body
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    return Call(request.method, target, headers, body if isinstance(body, bytes) else b"", scheme=url.scheme)


def text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def keep_typed(self: DynamoResult, result: object) -> None:
    """The short way writes moto's typed values as they are; the long way converts them first."""
    ActionResult.__init__(self, result)


def convert_typed(self: DynamoResult, context: Any) -> Any:
    self._result = dynamo_to_dict(self._result)
    return ActionResult.execute_result(self, context)


def mend() -> None:
    for handler in (*HANDLERS.values(), SNSResponse):
        around(handler, "setup_class", set_up)
    around(BaseResponse, "serialized", serialized)
    around(BotocoreStubber, "process_request", in_process)
    instead(DynamoResult, __init__=keep_typed, execute_result=convert_typed)
    original = BaseResponse._enrich_response
    instead(BaseResponse, _enrich_response=staticmethod(functools.partial(enrich, original)))
    instead(aws_headers, gen_amzn_requestid_long=request_id)
    instead(
        core,
        gen_amzn_requestid_long=request_id,
        method_names_from_class=functools.cache(method_names_from_class),
        camelcase_to_underscores=functools.cache(camelcase_to_underscores),
    )
