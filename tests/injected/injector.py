"""Faults at the calls of the real SDK, by botocore's own events: outside its retries, and inside them.

`before-call` and `after-call` stand around a call with all of its attempts, so what happens there is what the
capabilities see. `before-send` is one attempt: what happens there the SDK repeats, and the capabilities see nothing.
"""

import json
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from chassis import aws
from tests.injected.places import Place, at_work
from tests.simulation.clients import Crash

OUTSIDE = (
    "crash before a call",
    "crash after a call",
    "throttled",
    "timed out, not done",
    "timed out, but done",
)
INSIDE = ("throttled, sent again by the client", "answer lost, sent again by the client")
KINDS = (*OUTSIDE, *INSIDE)
_AT = "https://aws.example"
_XML = "<ErrorResponse><Error><Code>{0}</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
# As each service says it; SNS answers in XML.
_THROTTLED = {
    "dynamodb": "ThrottlingException",
    "sns": "Throttling",
    "sqs": "RequestThrottled",
    "cognito-idp": "TooManyRequestsException",
}


@dataclass(frozen=True)
class Call:
    """One call of AWS: where it comes from, and what it asks."""

    place: Place
    service: str
    operation: str

    def __str__(self) -> str:
        return f"{self.place.handler} {self.service}:{self.operation}"


class Injector:
    """Clients whose calls go wrong as `plan` says, by their numbers; `calls` has all that were made.

    A rival is what somebody else does just before a handler's call, by handler and operation.
    """

    def __init__(self) -> None:
        self.sent: Callable[[], None] = lambda: None
        self._clients: dict[str, Any] = {}
        self.begin({})

    def begin(self, plan: dict[int, str]) -> None:
        """A new life, with its own faults."""
        self.plan, self.calls, self.attempts = plan, list[Call](), list[int]()
        self.rivals: dict[tuple[str, str], Callable[[], object]] = {}

    def client(self, service: str) -> Any:
        """The client that the capabilities have on AWS; between it and moto is a network that can fail."""
        if service not in self._clients:
            made = self._clients[service] = aws._make(service)
            made.meta.events.register_first("before-call", self._before)
            made.meta.events.register_last("after-call", self._after)
            made.meta.events.unregister("before-send", botocore_stubber)
            made.meta.events.register("before-send", self._send)
        return self._clients[service]

    def _before(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        call = Call(at_work(), model.service_model.service_name, model.name)
        if rival := self.rivals.pop((call.place.handler, call.operation), None):
            copy_context().run(rival)
        kind = context["fault"] = self.plan.get(len(self.calls), "")
        self.calls.append(call)
        self.attempts.append(0)
        if kind == "crash before a call":
            raise Crash
        if kind == "timed out, not done":
            raise ConnectTimeoutError(endpoint_url=_AT)
        return _throttled(call.service) if kind == "throttled" else None

    def _send(self, request: Any, **_: Any) -> Any:
        """One attempt of the call that was begun last; moto is what answers."""
        self.attempts[-1] += 1
        call, kind = self.calls[-1], self.plan.get(len(self.calls) - 1) if self.attempts[-1] == 1 else None
        if kind == "throttled, sent again by the client":
            return _throttled(call.service)[0]
        answer = botocore_stubber("before-send", request)
        self.sent()
        if kind == "answer lost, sent again by the client":
            raise ReadTimeoutError(endpoint_url=_AT)
        return answer

    def _after(self, context: dict[str, Any], **_: Any) -> None:
        if context["fault"] == "crash after a call":
            raise Crash
        if context["fault"] == "timed out, but done":
            raise ReadTimeoutError(endpoint_url=_AT)


def _throttled(service: str) -> tuple[AWSResponse, dict[str, Any]]:
    """The answer as it comes, and as the SDK reads it."""
    code = _THROTTLED[service]
    body = _XML.format(code) if service == "sns" else json.dumps({"__type": code, "message": "Rate exceeded"})
    answer = AWSResponse(_AT, 400, {}, MockRawResponse(body))  # type: ignore[arg-type]  # all that is read of it
    told = {"Error": {"Code": code, "Message": "Rate exceeded"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return answer, told
