"""A request to an app as API Gateway hands it on, and its answer as a client gets it, if it does."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from infra.local.routes import match
from tests.shop import owner
from tests.simulation import tokens
from tests.simulation.clients import Crash
from tests.simulation.world import World

ARN = "arn:aws:execute-api:us-east-1:123456789012:shop/api/GET/"
PATIENCE = 20.0  # seconds that a client waits


@dataclass(frozen=True)
class Asked:
    """What a client wants; `by` is written kind:id."""

    by: str
    method: str
    path: str
    body: Any = None
    key: str | None = None
    match: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a client was answered."""

    status: int
    body: Any

    @property
    def done(self) -> bool:
        return self.status < 300


def send(world: World, asked: Asked, patience: float | None = None) -> Answer | None:
    """The answer, or None where none came in time; what is being served then goes on all the same."""
    faults, answers = world.faults, list[Answer]()
    serving = world.scheduler.spawn(f"{asked.method} {asked.path} {asked.by}", lambda: _serve(world, asked, answers))
    if patience is None and faults.hits("request given up while it is served"):
        patience = faults.chance.uniform(0, 0.3)
    world.scheduler.wait_for(serving, PATIENCE if patience is None else patience)
    if not answers or faults.hits("answer lost on the way to the client"):
        return None
    return answers[0]


def _serve(world: World, asked: Asked, answers: list[Answer]) -> None:
    name = owner(asked.path)
    if refused := _refused(world, name):
        answers.append(refused)
        return
    event = _event(world, name, asked)
    known = tokens.before(world.scheduler.now)
    try:
        app = _app(world, name, event["resource"], asked.method)
        event["requestContext"]["authorizer"] = _identified(world, name, event)
        got = world.run_function(f"{name}.api", app, event)
    except Crash:
        return
    except Exception as error:  # of the authorizer: the app itself answers whatever it meets
        world.violate("no answer is a broken one", f"{asked}: {error}")
        return
    body = json.loads(got["body"]) if got["body"] else None
    answers.append(Answer(got["statusCode"], body))
    if got["statusCode"] < 300:
        world.tokens.let_through(name, asked.by, event["headers"]["authorization"], known)
    if got["statusCode"] == 401:
        world.tokens.renew(asked.by)
    world.scheduler.tell(asked.method, asked.path, asked.by, got["statusCode"], got["body"])
    if got["statusCode"] == 500:
        world.violate("no answer is a broken one", f"{asked}: {got['body']}")


def _refused(world: World, name: str) -> Answer | None:
    """What the gateway answers by itself: to too many requests, and where it may not call the function."""
    if world.faults.hits("too many requests"):
        return Answer(429, {"message": "Too Many Requests"})
    return Answer(500, {"message": "Internal server error"}) if world.throttles(name) else None


def _app(world: World, name: str, route: str, method: str) -> Any:
    """Of the release that serves; what only today's has for a door is today's."""
    serving = world.serving(name, "app")
    return serving if method in serving.routes.get(route, ()) else world.apps[name].app


def _identified(world: World, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """What the capability's authorizer says of who calls."""
    asked = {"type": "TOKEN", "authorizationToken": event["headers"]["authorization"], "methodArn": ARN}
    answer = world.run_function(f"{name}.identify", world.serving(name, "identify"), asked)
    told: dict[str, Any] = answer["context"]
    return told


def _event(world: World, name: str, asked: Asked) -> dict[str, Any]:
    path, _, query = asked.path.partition("?")
    found = match(world.apps[name].app.routes, path)
    assert found, asked.path
    headers = {"content-type": "application/json", "authorization": world.tokens.of(asked.by)}
    headers |= {"idempotency-key": asked.key} if asked.key else {}
    headers |= {"if-match": asked.match} if asked.match else {}
    return {
        "resource": found.route,
        "path": path,
        "httpMethod": asked.method,
        "headers": headers,
        "multiValueHeaders": {header: [value] for header, value in headers.items()},
        "multiValueQueryStringParameters": parse_qs(query) or None,
        "pathParameters": found.parameters,
        "stageVariables": None,
        "requestContext": {"httpMethod": asked.method, "resourcePath": found.route},
        "body": None if asked.body is None else json.dumps(asked.body),
        "isBase64Encoded": False,
    }
