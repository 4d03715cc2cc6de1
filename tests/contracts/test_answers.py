"""The OpenAPI documents and the running shop agree: every answer that a document promises is given, and no other."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from chassis.parsing import BODY
from infra.apps_in_process import app_folders
from infra.contracts.command import FOLDER
from tests import gateway
from tests.contracts.stocked import PRICE, ids
from tests.shop import Answer, Shop

Document = dict[str, Any]
Ask = Callable[..., Answer]  # asks one route: body, path (with its query), and headers may be given anew
LINES = [{"sku": "tea", "quantity": 1}]


def document(capability: str) -> Document:
    read: Document = json.loads((FOLDER / f"openapi/{capability}.json").read_text(encoding="utf-8"))
    return read


OPERATIONS = {
    operation["operationId"]: (capability, method.upper(), path, operation)
    for capability in app_folders()
    for path, methods in document(capability)["paths"].items()
    for method, operation in methods.items()
}
# A body that each route accepts, and the query that it can not do without.
ACCEPTED: dict[str, Callable[[dict[str, str]], Any]] = {
    "register_customer": lambda ids: {"email": "grace@example.com", "name": "Grace"},
    "revise_customer": lambda ids: {"name": "Countess"},
    "place_order": lambda ids: {"customer_id": ids["customer_id"], "lines": LINES},
    "add_product": lambda ids: {"sku": "mug", "name": "Mug", "price": PRICE},
    "revise_product": lambda ids: {"name": "Green tea"},
    "adjust_stock": lambda ids: {"delta": 1, "reason": "found behind the shelf"},
}
QUERIES: dict[str, str] = {"list_orders": "?customer_id={customer_id}"}
# How each route is brought into the conflict that it can meet.
CONFLICTS: dict[str, Callable[[Shop, Ask], Answer]] = {
    "register_customer": lambda shop, ask: ask({"email": "ADA@example.com", "name": "Another"}),
    "revise_customer": lambda shop, ask: ask({"email": other_customer(shop)}),
    "cancel_order": lambda shop, ask: ask(path=f"/orders/{rejected_order(shop)}/cancel"),
    "add_product": lambda shop, ask: ask({"sku": "tea", "name": "Tea again", "price": PRICE}),
    "adjust_stock": lambda shop, ask: ask({"delta": -1000, "reason": "a flood"}),
}


def other_customer(shop: Shop) -> str:
    return str(shop.call("POST", "/customers", {"email": "mary@example.com", "name": "Mary"}).body["email"])


def rejected_order(shop: Shop) -> str:
    lines = [{"sku": "tea", "quantity": 1000}]
    placed = shop.call("POST", "/orders", {"customer_id": ids(shop)["customer_id"], "lines": lines})
    shop.settle()
    return str(placed.body["id"])


def no_text(shop: Shop, capability: str, path: str) -> Answer:
    """The answer to a query that is no text, which only a broken client sends."""
    reply = gateway.ask(
        shop.apps[capability].app, "GET", path, dict.fromkeys(re.findall(r"{(\w+)}", path), "x"), query="%FF="
    )
    return Answer(reply.status, reply.headers, reply.body)


def provocations(name: str, shop: Shop, ask: Ask) -> dict[str, Callable[[], Answer]]:
    """How to get each answer that is not the one that was asked for."""
    capability, method, path, _ = OPERATIONS[name]
    unknown = re.sub(r"{\w+}", "nobody", path)
    return {
        "304": lambda: ask(if_none_match="*"),
        "400": lambda: no_text(shop, capability, path) if method == "GET" else ask(b"{"),
        "404": lambda: ask(path=unknown),
        "409": lambda: CONFLICTS[name](shop, ask),
        "412": lambda: ask(if_match='"99"'),
        "413": lambda: ask(b" " * (BODY + 1)),
        "415": lambda: ask(b"x", content_type="text/plain"),
        "422": lambda: ask(path=f"{unknown}?nonsense=1"),
        "428": lambda: ask(if_match=None),
    }


def asking(name: str, shop: Shop, there: dict[str, str]) -> Ask:
    """Asks the route for what it can do, but for what is given."""
    _, method, template, _ = OPERATIONS[name]

    def ask(body: Any = None, *, path: str | None = None, **given: str | None) -> Answer:
        conditions: dict[str, str | None] = {"if_match": "*"} if method in ("PUT", "PATCH", "DELETE") else {}
        headers = conditions | given
        if body is None and name in ACCEPTED:
            body = ACCEPTED[name](there)
        where = path or (template + QUERIES.get(name, "")).format(**there)
        return shop.call(method, where, body, **{key: value for key, value in headers.items() if value is not None})

    return ask


def flaws(name: str, answer: Answer) -> Iterator[str]:
    """Where the answer is not what the document says, each as a sentence."""
    capability, _, _, operation = OPERATIONS[name]
    promised = operation["responses"].get(str(answer.status))
    if promised is None:
        yield f"{answer.status} is not promised"
        return
    headers = {header.lower(): value for header, value in answer.headers.items()}
    yield from (f"the header {each} is missing" for each in promised.get("headers", {}) if each.lower() not in headers)
    for each in ("ETag", "Location", "Retry-After"):
        if each.lower() in headers and each not in promised.get("headers", {}):
            yield f"the header {each} is not promised"
    if not promised.get("content"):
        yield from ["a body is not promised"] if answer.body is not None else []
        return
    [(media, content)] = promised["content"].items()
    if headers["content-type"] != media:
        yield f"the body is {headers['content-type']}, not {media}"
    yield from _flaws_of(answer.body, content["schema"], capability)
    if "x-problem-types" in promised and answer.body["type"] not in promised["x-problem-types"]:
        yield f"{answer.body['type']} is not promised"


def _flaws_of(value: Any, schema: dict[str, Any], capability: str) -> Iterator[str]:
    rooted = schema | {"components": document(capability)["components"]}
    checker = Draft202012Validator.FORMAT_CHECKER
    yield from (error.message for error in Draft202012Validator(rooted, format_checker=checker).iter_errors(value))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_that_a_document_promises_is_given_as_it_says(name: str, shop: Shop) -> None:
    _, _, _, operation = OPERATIONS[name]
    ask = asking(name, shop, ids(shop))
    how = provocations(name, shop, ask)
    success, *others = sorted(set(operation["responses"]) - {"500", "503"})
    for status in [*others, success]:
        answer = how.get(status, ask)()
        assert (answer.status, answer.body) == (int(status), answer.body)
        assert list(flaws(name, answer)) == [], status


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_body_that_is_accepted_is_one_that_the_document_describes(name: str, shop: Shop) -> None:
    capability, _, _, operation = OPERATIONS[name]
    there = ids(shop)
    body = ACCEPTED[name](there)
    for content in operation["requestBody"]["content"].values():
        assert list(_flaws_of(body, content["schema"], capability)) == []
        assert list(_flaws_of(body | {"nonsense": 1}, content["schema"], capability)) != []
    assert asking(name, shop, there)(body).status < 300
    assert asking(name, shop, there)(body | {"nonsense": 1}).status == 422


def test_an_answer_that_the_document_does_not_promise_is_seen() -> None:
    json_body = {"content-type": "application/json"}
    assert list(flaws("get_order", Answer(418, json_body, {}))) == ["418 is not promised"]
    assert "the header ETag is missing" in list(flaws("get_order", Answer(200, json_body, {})))
    assert "'lines' is a required property" in list(flaws("get_order", Answer(200, json_body, {})))
    problem = {"type": "urn:emporium:problem:odd", "title": "Odd", "status": 404, "detail": "", "instance": "urn:x"}
    assert list(flaws("get_order", Answer(404, {"content-type": "application/problem+json"}, problem))) == [
        "urn:emporium:problem:odd is not promised"
    ]


@pytest.mark.parametrize("capability", app_folders())
def test_every_object_in_a_request_refuses_the_fields_that_it_does_not_know(capability: str) -> None:
    described = document(capability)
    bodies = [
        content["schema"]
        for methods in described["paths"].values()
        for operation in methods.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    assert open_objects(bodies, described) == set()


def open_objects(part: Any, described: Document) -> set[str]:
    """The names of the schemas under `part` that let any field pass."""
    if isinstance(part, list):
        return {name for each in part for name in open_objects(each, described)}
    if not isinstance(part, dict):
        return set()
    if "$ref" in part:
        return open_objects(described["components"]["schemas"][part["$ref"].rpartition("/")[2]], described)
    found = {part["title"]} if "properties" in part and part.get("additionalProperties") is not False else set()
    return found | {name for value in part.values() for name in open_objects(value, described)}


def test_an_object_that_lets_any_field_pass_is_seen_wherever_it_stands() -> None:
    schemas = {
        "A": {"title": "A", "properties": {"b": {"$ref": "#/components/schemas/B"}}, "additionalProperties": False},
        "B": {"title": "B", "properties": {}},
    }
    assert open_objects({"$ref": "#/components/schemas/A"}, {"components": {"schemas": schemas}}) == {"B"}


def test_a_schema_and_its_instance_that_differ_are_told_apart() -> None:
    with pytest.raises(ValidationError):
        Draft202012Validator(document("orders")["components"]["schemas"]["PlaceOrder"]).validate({"lines": []})
