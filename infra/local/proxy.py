"""API Gateway's Lambda proxy integration: a request as an event, and a function's answer as a response.

docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import binascii
import time
from collections.abc import Iterable, Sequence
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from infra.local.routes import Match
from infra.local.web.messages import Request, Response

Event = dict[str, Any]
ACCOUNT = "123456789012"
API_ID = "local"

# A synchronous invocation's answer: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LARGEST_ANSWER = 6 * 1024 * 1024
_NOBODY: dict[str, Any] = {
    "accessKey": None,
    "accountId": None,
    "caller": None,
    "cognitoAuthenticationProvider": None,
    "cognitoAuthenticationType": None,
    "cognitoIdentityId": None,
    "cognitoIdentityPoolId": None,
    "principalOrgId": None,
    "user": None,
    "userArn": None,
}


class Malformed(Exception):
    """The function's answer is not what a proxy integration takes."""


def event_of(request: Request, found: Match, *, stage: str, request_id: str, binary: Sequence[str]) -> Event:
    """The event that the function gets; `binary` are the media types whose bodies travel as base64."""
    headers = _grouped(request.headers)
    query = _grouped(parse_qsl(request.query, keep_blank_values=True, errors="replace"))
    body, encoded = _body(request, binary)
    return {
        "resource": found.route,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": found.parameters or None,
        "stageVariables": None,
        "requestContext": _context(request, found, stage, request_id),
        "body": body,
        "isBase64Encoded": encoded,
    }


def response_of(answer: Any) -> Response:
    """The response that a function's answer describes; raises Malformed where API Gateway would say 502."""
    if not isinstance(answer, dict) or type(answer.get("statusCode")) not in (int, str):
        raise Malformed("the function's answer has no statusCode")
    status = int(answer["statusCode"]) if str(answer["statusCode"]).isdecimal() else 0
    if not 200 <= status <= 599:
        raise Malformed(f"{answer['statusCode']!r} is no status of a response")
    headers = _answer_headers(answer)
    body = _answer_body(answer)
    if body and not any(key.lower() == "content-type" for key, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Response(status, tuple(headers), body)


def _context(request: Request, found: Match, stage: str, request_id: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": request.header("host"),
        "httpMethod": request.method,
        "identity": _NOBODY | {"sourceIp": request.client, "userAgent": request.header("user-agent")},
        "path": request.path,
        "protocol": request.version,
        "requestId": request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "resourcePath": found.route,
        "stage": stage,
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _last(grouped: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in grouped.items()}


def _body(request: Request, binary: Sequence[str]) -> tuple[str | None, bool]:
    """The body as text where it is text; what is not UTF-8 goes as base64, for AWS would garble it."""
    if not request.body:
        return None, False
    if not _is_binary(request.header("content-type"), binary):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def _is_binary(content_type: str | None, binary: Sequence[str]) -> bool:
    if content_type is None:
        return False
    message = Message()
    message["content-type"] = content_type
    kinds = {message.get_content_type(), message.get_content_maintype() + "/*", "*/*"}
    return not kinds.isdisjoint(binary)


def _answer_headers(answer: Event) -> list[tuple[str, str]]:
    single, multiple = answer.get("headers") or {}, answer.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise Malformed("the function's headers are not a map")
    pairs = [(name, value) for name, value in single.items() if name not in multiple]
    pairs += [(name, value) for name, values in multiple.items() for value in values]
    return [(str(name), _header_value(name, value)) for name, value in pairs]


def _header_value(name: str, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise Malformed(f"the header {name} is not text")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\n" in text or "\r" in text or not text.isascii():
        raise Malformed(f"the header {name} is not one line of ASCII")
    return text


def _answer_body(answer: Event) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed(f"the function's body is {type(body).__name__}, not text, which Lambda can not send")
    if len(body) > _LARGEST_ANSWER:
        raise Malformed(f"the function's answer is larger than {_LARGEST_ANSWER} bytes")
    if not answer.get("isBase64Encoded"):
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("the function's body is not the base64 that it claims to be") from None
