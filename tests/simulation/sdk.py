"""botocore's own retries in front of the cloud in memory: what the product's client does when an attempt fails.

Each environment of a function has a client as the product makes it, and so a quota of its own. botocore says whether,
and after which pause, a call is tried again; time is the world's. A function that takes longer than Lambda lets it is
ended where it is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.hooks import first_non_none_response

from chassis import aws
from tests.simulation.clients import Crash
from tests.simulation.cloud.errors import refused
from tests.simulation.scheduler import Task
from tests.simulation.world import World

AT = "https://aws.example"
FAILURES = ("throttled", "broken", "not reached", "not answered, not done", "not answered, but done")
Fails = Callable[[float], bool]


@dataclass(frozen=True)
class Invocation:
    """A function that runs, and in which of its environments."""

    function: str
    environment: int


@dataclass
class Served(World):
    """A world whose calls of AWS go through botocore's retries, and are counted attempt by attempt.

    `fails` says whether an attempt fails at a time.
    """

    fails: Fails = lambda now: False
    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)  # by function and operation
    ended: Counter[str] = field(default_factory=Counter)  # functions that took too long
    _running: dict[Task, "Invocation"] = field(default_factory=dict)
    _idle: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by function: environments
    _begun: "count[int]" = field(default_factory=count)
    _clients: dict[tuple[str, int, str], Any] = field(default_factory=dict)

    def run_function(self, name: str, function: Callable[[dict[str, Any], Any], Any], event: dict[str, Any]) -> Any:
        """In an environment that serves nobody else meanwhile, the last one used first; one that was ended is gone."""
        task, idle = self.scheduler.current, self._idle[name]
        environment = idle.pop() if idle else next(self._begun)
        self._running[task] = Invocation(name, environment)
        try:
            answer = super().run_function(name, function, event)
        except Exception:
            idle.append(environment)
            raise
        finally:
            del self._running[task]
        idle.append(environment)
        return answer

    @property
    def running(self) -> Invocation:
        return self._running[self.scheduler.current]

    def spend(self, seconds: float) -> None:
        """Time goes by in the function that runs, at most until its end."""
        left = self.scheduler.current.ends - self.scheduler.now
        self.scheduler.sleep(max(0.0, min(seconds, left)))
        if seconds >= left:
            self.ended[self.running.function] += 1
            raise Crash

    def sdk(self, service: str) -> "Sdk":
        """What the product gets for a client of the service."""
        return Sdk(self, service, {"dynamodb": self.dynamodb, "sns": self.sns, "sqs": self.sqs}[service])

    def client(self, service: str) -> Any:
        """The real client of the environment that the function runs in."""
        key = self.running.function, self.running.environment, service
        if key not in self._clients:
            self._clients[key] = _real(service)
        return self._clients[key]


def _real(service: str) -> Any:
    return _SESSION.create_client(
        service,
        region_name="us-east-1",
        config=aws.CONFIG,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )


_SESSION = botocore.session.Session()
_LIMITS: Any = aws.CONFIG  # whose fields its types do not know


class Sdk:
    """A client whose calls are attempts at the cloud in memory, as many as botocore makes of them."""

    def __init__(self, world: Served, service: str, cloud: Any) -> None:
        self._world, self._service, self._cloud = world, service, cloud

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **asked: self._call(self._world.client(self._service), name, asked)

    def _call(self, real: Any, name: str, asked: dict[str, Any]) -> Any:
        operation = real.meta.service_model.operation_model(real.meta.method_to_api_mapping[name])
        context = dict[str, Any]()
        for attempt in count(1):
            answer, error = self._attempt(operation.name, name, asked, context)
            seen = None if isinstance(error, BotoCoreError) else (_http(error), answer)
            more = real.meta.events.emit(
                f"needs-retry.{self._service}.{operation.name}",
                response=seen,
                endpoint=None,
                operation=operation,
                attempts=attempt,
                caught_exception=error if seen is None else None,
                request_dict={"context": context},
            )
            pause = first_non_none_response(more)
            if pause is None:
                break
            self._world.spend(pause)
        if seen:
            named = f"after-call.{self._service}.{operation.name}"
            real.meta.events.emit(named, http_response=seen[0], parsed=answer, model=operation, context=context)
        if error:
            raise error
        return answer

    def _attempt(
        self, operation: str, name: str, asked: dict[str, Any], context: dict[str, Any]
    ) -> tuple[Any, Exception | None]:
        """One attempt's answer, or that answer and the error that it is; no answer where none came."""
        world = self._world
        world.attempts[world.running.function, name] += 1
        world.scheduler.point(name)
        world.spend(0.0)
        try:
            if world.fails(world.scheduler.now):
                self._fail(operation, name, asked, context)
            return self._do(name, asked, context), None
        except ClientError as error:
            return error.response, error
        except BotoCoreError as error:
            return None, error

    def _do(self, name: str, asked: dict[str, Any], context: dict[str, Any]) -> Any:
        """DynamoDB knows a transaction again by its token; everything else is simply done twice."""
        if name != "transact_write_items":
            return getattr(self._cloud, name)(**asked)
        if "done" not in context:
            context["done"] = getattr(self._cloud, name)(**asked)
        return context["done"]

    def _fail(self, operation: str, name: str, asked: dict[str, Any], context: dict[str, Any]) -> None:
        match self._world.chance.choice(FAILURES):
            case "throttled":
                raise refused(operation, "ThrottlingException", "Rate exceeded")
            case "broken":
                raise refused(operation, "InternalServerError", "The server had an error", status=500)
            case "not reached":
                self._world.spend(_LIMITS.connect_timeout)
                raise ConnectTimeoutError(endpoint_url=AT)
            case how:
                if how == "not answered, but done":
                    self._do(name, asked, context)
                self._world.spend(_LIMITS.read_timeout)
                raise ReadTimeoutError(endpoint_url=AT)


def _http(error: Exception | None) -> Any:
    """What botocore looks at of an HTTP answer."""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"] if isinstance(error, ClientError) else 200
    return SimpleNamespace(status_code=status, headers=dict[str, str](), content=b"")
