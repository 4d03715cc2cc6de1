"""One Chalice app behind HTTP as API Gateway would serve it: routes, authorizers, proxy events and limits."""

import json
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LambdaContext

from infra.local import routes
from infra.local.authorizers import authorize
from infra.local.proxy import Event, Malformed, event_of, response_of
from infra.local.web.messages import Request, Response
from infra.local.web.problems import Refused

HEALTH = "/_local/health"

# API Gateway gives up on a function after 29 s, whatever its own limit, which is 60 s unless the app says.
_LONGEST_INTEGRATION = 29.0
_DEFAULT_TIMEOUT = 60.0
_INVOCATIONS_AT_ONCE = 128


@dataclass
class Gateway:
    """A handler for the server. `health` tells what HEALTH answers, a path that never reaches the app."""

    app: Chalice
    config: Config
    health: Callable[[], dict[str, Any]] = dict
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_INVOCATIONS_AT_ONCE))

    def __post_init__(self) -> None:
        _keep_requests_apart(self.app)

    def __call__(self, request: Request) -> Response:
        if request.path == HEALTH:
            return Response(200, (("Content-Type", "application/json"),), json.dumps(self.health()).encode())
        found = routes.match(self.app.routes, request.path)
        if found is None:
            raise Refused(404, "no route has this path")
        methods = self.app.routes[found.route]
        if request.method not in methods:
            return self._without_a_view(request, methods)
        context = lambda_context(self.config)
        event = event_of(
            request,
            found,
            stage=self.config.api_gateway_stage,
            request_id=context.aws_request_id,
            binary=self.app.api.binary_types,
        )
        return self._integrate(methods[request.method].authorizer, event, context)

    def _without_a_view(self, request: Request, methods: dict[str, Any]) -> Response:
        """A preflight, which API Gateway answers itself where the route has CORS; otherwise a 405."""
        shared = [entry.cors for entry in methods.values() if entry.cors is not None]
        names = sorted(methods)
        if request.method != "OPTIONS" or not shared:
            raise Refused(405, f"{request.method} is not offered here", {"Allow": ", ".join(names)})
        headers = shared[0].get_access_control_headers() | {
            "Access-Control-Allow-Methods": ",".join([*names, "OPTIONS"])
        }
        return Response(200, tuple((name, str(value)) for name, value in headers.items()))

    def _integrate(self, authorizer: Any, event: Event, context: LambdaContext) -> Response:
        """Runs the function on a thread of its own, so that one that hangs can be given up on."""
        invocation = self._pool.submit(self._invoke, authorizer, event, context)
        seconds = min(_timeout(self.config), _LONGEST_INTEGRATION)
        try:
            return invocation.result(seconds)
        except TimeoutError:
            invocation.cancel()
            raise Refused(504, f"the function did not answer within {seconds:g} s") from None

    def _invoke(self, authorizer: Any, event: Event, context: LambdaContext) -> Response:
        if passed := authorize(authorizer, event, context):
            event["requestContext"]["authorizer"] = passed
        try:
            return response_of(self.app(event, context))
        except Malformed as malformed:
            print(f"502: {malformed}", flush=True)
        except BaseException:  # SystemExit too: on Lambda it ends the function, not the gateway
            traceback.print_exc()
        raise Refused(502, "the function failed or gave a malformed answer: see its log")


def lambda_context(config: Config) -> LambdaContext:
    """What Lambda tells a function about its invocation."""
    memory = config.lambda_memory_size or 128
    return LambdaContext(config.function_name, memory, max_runtime_ms=int(_timeout(config) * 1000))


def _timeout(config: Config) -> float:
    return float(config.lambda_timeout or _DEFAULT_TIMEOUT)


def _keep_requests_apart(app: Chalice) -> None:
    """An app keeps the request that it serves on itself; here, threads would see each other's."""
    names = {name: _per_thread(name) for name in ("current_request", "lambda_context")}
    app.__class__ = type(type(app).__name__, (type(app),), names)


def _per_thread(name: str) -> property:
    local = threading.local()
    return property(lambda _: getattr(local, name, None), lambda _, value: setattr(local, name, value))
