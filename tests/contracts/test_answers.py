"""The OpenAPI documents and the running shop agree: every answer that a document promises is given, and no other."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from infra.apps_in_process import app_folders
from tests.contracts.asking import ACCEPTED, OPERATIONS, SETTINGS, Document, asking, document, provoked
from tests.contracts.stocked import ids
from tests.shop import Answer, Shop


def flaws(name: str, answer: Answer) -> Iterator[str]:
    """Where the answer is not what the document says, each as a sentence."""
    capability, _, _, operation = OPERATIONS[name]
    promised = operation["responses"].get(str(answer.status))
    if promised is None:
        yield f"{answer.status} is not promised"
        return
    headers = {header.lower(): value for header, value in answer.headers.items()}
    yield from (f"the header {each} is missing" for each in promised.get("headers", {}) if each.lower() not in headers)
    for each in ("ETag", "Location", "Retry-After", "WWW-Authenticate"):
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
def test_every_answer_that_a_document_promises_is_given_as_it_says(
    name: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, _, operation = OPERATIONS[name]
    ask = asking(name, shop, ids(shop))
    success, *others = sorted(set(operation["responses"]) - {"500", "503"})
    for status in [*others, success]:
        with monkeypatch.context() as deployment:
            deployment.setenv(*SETTINGS.get((name, status), ("UNSET", "")))
            answer = provoked(name, status, shop, ask)
        assert (answer.status, answer.body) == (int(status), answer.body)
        assert list(flaws(name, answer)) == [], status


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_body_that_is_accepted_is_one_that_the_document_describes(name: str, shop: Shop) -> None:
    capability, _, _, operation = OPERATIONS[name]
    there = ids(shop)
    body = ACCEPTED[name](shop, there)
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
