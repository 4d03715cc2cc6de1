"""The whole shop of packed functions: what API Gateway and the event sources do, over the zips and their template."""

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from infra.deploy.package import Packed
from infra.local.clients import Clients
from infra.local.proxy import event_of, response_of
from infra.local.routes import Match, match
from infra.local.sources import queue_events, stream_events
from infra.local.stacks import apply, overlay
from infra.local.web.messages import Request
from tests.infra.stacks.project import STACKS, TEMPLATES
from tests.runtime.function import Function
from tests.shop import Answer, Shop, owner
from tests.tokens import STAFF, bearer

REQUEST_ID = "00000000-0000-4000-8000-000000000000"
POOL_KEYS = "{endpoint}/{pool}/.well-known/jwks.json"


class PackedApp:
    """A capability's functions by their names in Python, called with an event and a context as its app's are."""

    def __init__(self, packed: Packed, folder: Path, client: Path, environment: Mapping[str, str]) -> None:
        template = yaml.safe_load(packed.template.read_text(encoding="utf-8"))
        self.routes: dict[str, Any] = _only(template, "AWS::Serverless::Api")["DefinitionBody"]["paths"]
        self.asked: set[tuple[str, str]] = set()
        self.functions = {
            each["Handler"].removeprefix("app."): Function(
                _unpacked(packed, Path(each["CodeUri"]).name, folder), each["Handler"], client, environment
            )
            for each in _properties(template, "AWS::Serverless::Function")
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self.functions:
            raise AttributeError(name)
        return lambda event, context=None: self.functions[name].invoke(event)

    def ask(self, request: Request) -> Answer:
        """As API Gateway: the authorizer first, where the template says so, then the function."""
        found = match(self.routes, request.path)
        assert found, f"no route has {request.path}"
        self.asked.add((request.method, found.route))
        event = event_of(request, found, stage="api", request_id=REQUEST_ID, binary=[])
        if self._is_guarded(found, request.method):
            token = request.header("authorization") or ""
            asked = {"type": "TOKEN", "authorizationToken": token, "methodArn": "arn:aws:execute-api:any"}
            answer = self.functions["identify"].invoke(asked)
            event["requestContext"]["authorizer"] = answer["context"] | {"principalId": answer["principalId"]}
        response = response_of(self.functions["app"].invoke(event))
        body = json.loads(response.body) if response.body else None
        return Answer(response.status, dict(response.headers), body)

    def _is_guarded(self, found: Match, method: str) -> bool:
        return bool(self.routes[found.route][method.lower()].get("security"))


@dataclass
class PackedShop(Shop):
    """Every event has the shape that Lambda gives it."""

    arns: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, by: str = STAFF, **headers: str) -> Answer:
        sent = {"content-type": "application/json"} | ({"authorization": bearer(by)} if by else {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b"" if body is None else json.dumps(body).encode()
        return self.apps[owner(path)].ask(Request(method, path, tuple(sent.items()), raw))  # type: ignore[no-any-return]

    def records(self, name: str) -> list[dict[str, Any]]:
        stream = self.arns[name]["relay"]["Stream"]
        return [stream_events.to_record(record, stream) for record in super().records(name)]

    def messages(self, name: str) -> list[dict[str, Any]]:
        taken = [
            {"MessageId": each["messageId"], "Body": each["body"], "ReceiptHandle": "taken"}
            for each in super().messages(name)
        ]
        return list(queue_events.to_event(taken, self.arns[name]["inbox"]["Queue"])["Records"])

    def unasked(self) -> list[tuple[str, ...]]:
        """The routes and functions of the zips that nothing has asked so far; OPTIONS has no door of ours."""
        routes = {
            (name, method.upper(), route)
            for name, app in self.apps.items()
            for route, methods in app.routes.items()
            for method in methods.keys() - {"options"}
        }
        asked = {(name, *each) for name, app in self.apps.items() for each in app.asked}
        idle = [(name, each) for name, app in self.apps.items() for each, it in app.functions.items() if not it.started]
        return [*sorted(routes - asked), *idle]

    def close(self) -> None:
        for app in self.apps.values():
            for function in app.functions.values():
                function.end()


def open_packed(
    packed: Mapping[str, Packed], endpoint: str, folder: Path, client: Path, set_env: Callable[[str, str], None]
) -> PackedShop:
    """Makes tables, topics and queues by the templates; no function runs before it is asked."""
    clients = Clients(endpoint)
    exports = apply(STACKS, {"Stage": "test"}, clients)
    shop = PackedShop(clients, {})
    for name, each in packed.items():
        told = overlay(TEMPLATES / f"{name}-app.yaml", exports, {"Stage": "test"})
        pool = told.environment["IDENTITY_ISSUER"].rpartition("/")[2]
        given = told.environment | {
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_ENDPOINT_URL": endpoint,
            f"{name.upper()}_CURSOR_KEY": "test",
            "CUSTOMERS_LEAST_ANSWER_MS": "0",
            "IDENTITY_JWKS_URL": POOL_KEYS.format(endpoint=endpoint, pool=pool),
        }
        shop.apps[name] = PackedApp(each, folder / name, client, given)  # type: ignore[assignment]  # as an app's module
        shop.arns[name] = told.events
        for setting in ("IDENTITY_ISSUER", "IDENTITY_CLIENT_IDS"):  # for the tokens that callers show
            set_env(setting, given[setting])
    return shop


def _unpacked(packed: Packed, name: str, folder: Path) -> Path:
    target = folder / name.removesuffix(".zip")
    if not target.exists():
        with zipfile.ZipFile(packed.folder / name) as zipped:
            zipped.extractall(target)
    return target


def _only(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    [properties] = _properties(template, kind)
    return properties


def _properties(template: Mapping[str, Any], kind: str) -> Iterable[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]
