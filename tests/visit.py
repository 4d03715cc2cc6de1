"""A person's visit to the shop, from signing up to the end, with all that it leaves behind anywhere."""

import io
import json
from collections.abc import Collection
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

from chassis import aws, clock, items
from chassis.inbox import NotHeard
from tests.canaries import text
from tests.shop import CONTEXT, Answer, Shop

EMAIL, LATE_EMAIL = "canary.Qzema1l@example.com", "canary.Qzlate1@example.com"
PERSON = [
    EMAIL,
    LATE_EMAIL,
    *(f"Qz{word}-canary" for word in ("name", "renamed", "street", "street2", "city", "state")),
]
PERSON += ["Qzcode-12345", "Qzrecip-canary", "+49 7654 321098", "+49 7654 321099"]
PASSWORD, WRONG, WEAK = "Qzpassword-Canary-1", "Qzwrong-Canary-2", "qzweakcanary"
TYPED = ["Qzkey-canary-0001", "Qztyped-canary-02", "Qztag-canary-0003"]
ADDRESS = {
    "recipient": "Qzrecip-canary",
    "line1": "Qzstreet-canary",
    "line2": "Qzstreet2-canary",
    "city": "Qzcity-canary",
    "region": "Qzstate-canary",
    "postal_code": "Qzcode-12345",
    "country": "CH",
}
DETAILS = {"email": EMAIL, "name": "Qzname-canary", "phone": "+49 7654 321098", "addresses": [ADDRESS]}
TAP = "tap"
LINES = [{"sku": "tea", "quantity": 1}]


@dataclass
class Traces:
    """All that a person has left behind: `secrets` are the passwords and tokens that were shown."""

    tables: dict[str, str] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    erased: str = ""  # what is left of the customer in the end
    secrets: set[str] = field(default_factory=lambda: {PASSWORD, WRONG, WEAK})
    log: str = ""


class Faulty:
    """A client whose calls all fail, but for those that are spared."""

    def __init__(self, error: Exception, spared: Collection[str], service: str) -> None:
        self.error, self.spared, self.real = error, spared, boto3.client(service)  # type: ignore[call-overload]  # any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name) if name in self.spared else self._fail

    def _fail(self, **request: Any) -> None:
        raise self.error


def by_aws(code: str, status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Any")  # type: ignore[arg-type]  # less than AWS sends, and enough


@dataclass
class Visit:
    """A person in the shop, with a tap on every topic and queue."""

    shop: Shop
    traces: Traces
    me: str = ""

    def ask(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Answer:
        """As whoever bears the token."""
        if token:
            self.traces.secrets |= {token, *token.split(".")[1:]}
        headers = headers | ({"authorization": f"Bearer {token}"} if token else {})
        answer = self.shop.call(method, path, body, by="", **headers)
        if answer.status < 400 and not path.startswith(("/customers", "/sessions")):
            self.traces.answers.append(text([answer.headers, answer.body]))
        return answer

    def settle(self) -> None:
        for _ in range(20):
            due = [(name, deliver) for name in self.shop.apps for deliver in self.shop.take(name)]
            if not due:
                return
            for _, deliver in due:
                [batch, _] = deliver.args  # type: ignore[attr-defined]  # a partial, made in tests.shop
                self.traces.letters += [record["body"] for record in batch["Records"] if "body" in record]
                deliver()

    def sign_in(self) -> str:
        session = self.ask("POST", "/sessions", {"email": EMAIL, "password": PASSWORD}).body
        self.traces.secrets |= {session["refresh_token"], session["access_token"]}
        return str(session["access_token"])


def traces_of_a_visit(shop: Shop) -> Traces:
    """All parts of it, one after the other."""
    out, visit = io.StringIO(), Visit(shop, Traces())
    with redirect_stdout(out), redirect_stderr(out):
        clock.use(None, lambda seconds: None)
        tap_all_topics(shop)
        for part in (a_life, what_is_refused, what_breaks, what_is_poison, an_end):
            part(visit)
            visit.settle()
        visit.traces.tables = {name: text(shop.everything(name)) for name in shop.apps}
        an_erasure(visit)
        visit.traces.letters += drained(shop)
        visit.traces.log = out.getvalue()
    return visit.traces


def tap_all_topics(shop: Shop) -> None:
    """Makes a queue that gets all that is published, whoever listens to it."""
    url = shop.clients.sqs.create_queue(QueueName=TAP)["QueueUrl"]
    arn = shop.clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for topic in shop.clients.sns.list_topics()["Topics"]:
        shop.clients.sns.subscribe(TopicArn=topic["TopicArn"], Protocol="sqs", Endpoint=arn)


def drained(shop: Shop, named: str = "") -> list[str]:
    """All that is left in any queue, or in that of the name, with its attributes."""
    sqs, found = shop.clients.sqs, []
    asked: Any = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    for url in sqs.list_queues(QueueNamePrefix=named)["QueueUrls"]:
        while got := sqs.receive_message(QueueUrl=url, **asked).get("Messages"):
            for message in got:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(text(message))
    return found


def a_life(visit: Visit) -> None:
    """Signs up, in, looks, revises, orders, cancels."""
    shop = visit.shop
    shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": {"amount": 349, "currency": "USD"}})
    shop.call("POST", "/products/tea/stock-adjustments", {"delta": 10, "reason": "delivery"})
    assert visit.ask("POST", "/customers", DETAILS | {"password": PASSWORD}).status == 202
    token = visit.sign_in()
    visit.settle()
    assert visit.ask("GET", "/customers/me", token=token).body["addresses"] == [ADDRESS]
    assert visit.ask("PUT", "/customers/me", DETAILS, token).status == 200
    changes = {"name": "Qzrenamed-canary", "phone": "+49 7654 321099", "addresses": [ADDRESS, ADDRESS]}
    assert visit.ask("PATCH", "/customers/me", changes, token, if_match='"1"').status == 200
    for cancelled in (True, False):
        order = visit.ask("POST", "/orders", {"lines": LINES}, token, idempotency_key=TYPED[0]).body["id"]
        visit.settle()
        if cancelled:
            assert visit.ask("POST", f"/orders/{order}/cancel", token=token).status == 200
    assert visit.ask("GET", "/orders", token=token).body["items"]


def what_is_refused(visit: Visit) -> None:
    """All that a person may get wrong, with something of itself in it."""
    token = visit.sign_in()
    for password in (WRONG, WEAK):
        visit.ask("POST", "/customers", DETAILS | {"password": password})
        visit.ask("POST", "/customers", DETAILS | {"email": LATE_EMAIL, "password": WEAK})
        visit.ask("POST", "/sessions", {"email": EMAIL, "password": password})
        visit.ask("POST", "/sessions/refresh", {"refresh_token": password})
    bodies: list[Any] = [DETAILS, {"phone": EMAIL}, {"addresses": [{"city": PASSWORD}]}, {EMAIL: PASSWORD}, [PASSWORD]]
    bodies += [f"{PASSWORD} {EMAIL}".encode(), b'{"name": "' + PASSWORD.encode(), b'"' + EMAIL.encode() + b'"']
    doors = [("POST", "/customers"), ("POST", "/sessions"), ("POST", "/sessions/refresh"), ("POST", "/orders")]
    doors += [("PUT", "/customers/me"), ("PATCH", "/customers/me"), ("POST", "/products"), ("DELETE", "/sessions")]
    for method, path in doors:
        for body in bodies:
            answer = visit.ask(method, path, body, token, if_match="*")
            assert answer.status >= 400 or path == "/customers/me", (method, path, body)
        visit.ask(method, path, DETAILS, token, content_type=f"text/{TYPED[1]}")
        visit.ask(method, f"{path}?{TYPED[1]}={PASSWORD}", {}, token, if_match=TYPED[2], idempotency_key="é" + TYPED[0])
    for path in (f"/customers/{EMAIL}", f"/orders/{EMAIL}", f"/orders?customer_id={EMAIL}", f"/orders?cursor={EMAIL}"):
        assert visit.ask("GET", path, token=token).status in (404, 422)
    staff = {"customer_id": EMAIL, "lines": LINES}
    assert visit.shop.call("POST", "/orders", staff).status == 422
    for bad in (f"{token}x", PASSWORD, f"{PASSWORD}.{WRONG}.{WEAK}", token.upper()):
        assert visit.ask("GET", "/customers/me", token=bad).status == 401
    for scheme in ("Basic", "bearer  ", PASSWORD):
        visit.ask("GET", "/customers/me", authorization=f"{scheme} {token}")


def what_breaks(visit: Visit) -> None:
    """Every call to the cloud fails, at each door that has to do with the person, in every way that it may."""
    token = visit.sign_in()
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/customers", DETAILS | {"email": LATE_EMAIL, "password": PASSWORD}),
        ("POST", "/sessions", {"email": EMAIL, "password": PASSWORD}),
        ("PATCH", "/customers/me", {"name": "Qzname-canary"}),
        ("PUT", "/customers/me", DETAILS),
        ("DELETE", "/customers/me/personal-data", None),
        ("GET", "/customers/me", None),
        ("POST", "/orders", {"lines": LINES}),
    ]
    for error in (
        by_aws("ValidationException"),
        by_aws("InternalServerError", 500),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
        KeyError("Item"),
    ):
        # a caller is looked for before all else; with the second one, all is read and nothing can be written
        for spared in (("get_item",), ("get_item", "batch_get_item")):
            aws.use(partial(Faulty, error, spared))
            for method, path, body in asked:
                assert visit.ask(method, path, body, token, if_match="*").status in (200, 500, 503), (path, error)
    aws.use(None)


def what_is_poison(visit: Visit) -> None:
    """Messages that nobody can read, and a customer that nobody can tell of."""
    told = {"id": "1", "type": "emporium.customers.CustomerRegistered.v1", "sequence": "1", "time": "x", **DETAILS}
    bodies = [told, told | {"data": DETAILS}, told | {"type": "no.such.Fact"}, DETAILS, [EMAIL]]
    for body in [*map(json.dumps, bodies), f"{EMAIL} {PASSWORD}"]:
        for name in ("orders", "products"):
            with suppress(NotHeard):
                visit.shop.apps[name].inbox({"Records": [{"messageId": "m", "body": body}]}, CONTEXT)
    lost = {"pk": "customer#lost", "id": "lost", "changed_at": "2026-03-01T12:00:00Z", "status": "active", **DETAILS}
    for version, fact, more in ((1, "CustomerLost", {}), (2, "CustomerRegistered", {"status": 7})):
        item = lost | {"version": version, "outbox": [{"fact": fact, "trace": ""}]} | more
        visit.shop.clients.dynamodb.put_item(TableName="emporium-test-customers", Item=items.write_item(item))
        visit.settle()


def an_end(visit: Visit) -> None:
    """Signs out, is deactivated, and can do no more."""
    token = visit.sign_in()
    me = visit.ask("GET", "/customers/me", token=token).body["id"]
    assert visit.ask("DELETE", "/sessions", token=token).status == 204
    assert visit.shop.call("DELETE", f"/customers/{me}", if_match="*").status == 204
    visit.settle()
    assert visit.ask("POST", "/sessions", {"email": EMAIL, "password": PASSWORD}).status == 401
    assert visit.ask("GET", "/customers/me", token=token).status == 401
    visit.me = me


def an_erasure(visit: Visit) -> None:
    """Is erased, twice, and signs in no more."""
    for _ in range(2):
        assert visit.shop.call("DELETE", f"/customers/{visit.me}/personal-data", if_match="*").status == 204
        visit.settle()
    assert visit.ask("POST", "/sessions", {"email": EMAIL, "password": PASSWORD}).status == 401
    visit.traces.erased = text(visit.shop.item("customers", f"customer#{visit.me}"))
