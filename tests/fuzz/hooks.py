"""What Schemathesis can not read from the documents, for it to reach further, and to tell a flaw from a rule."""

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData

from infra.identity import PASSWORD

# Refusals of a request for its form alone: whatever is documented as well formed never meets one.
_OF_FORM = {
    f"urn:emporium:problem:{name}"
    for name in ("body-too-long", "field-not-accepted", "format-not-read", "malformed", "not-json", "not-text")
}
# The end of a text, as our patterns say it in every dialect, and as ECMA 262 does, from which texts are made at once.
_END, _DOLLAR = (json.dumps(end)[1:-1] for end in (r"(?![\s\S])", "$"))
# What goes into a header by a pattern is made of letters and digits alone: these stand for all lists of ETags.
_VERSIONS = {"enum": ["*", '"1"', '"2"', 'W/"1"', '"1", "3"', '""']}
# What is accepted: by rules that no document tells, and of what is there.
_CUSTOMER, _SKU = (Path(name).read_text(encoding="utf-8").split('"')[1] for name in ("customers.txt", "goods.txt"))
_EXAMPLES = {
    "customer_id": _CUSTOMER,
    "delta": 1,
    "email": "anybody@example.com",
    "lines": [{"sku": _SKU, "quantity": 1}],
    "password": PASSWORD,
}
_KEY, _NUMBERS = "Idempotency-Key", itertools.count()


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    raw_schema.update(json.loads(json.dumps(raw_schema).replace(_END, _DOLLAR)))
    for parameter in _parameters(raw_schema):
        if parameter["name"] in ("If-Match", "If-None-Match"):
            parameter["schema"] = _VERSIONS
    for schema in raw_schema["components"]["schemas"].values():
        for name in _EXAMPLES.keys() & schema["properties"].keys():
            schema["properties"][name]["examples"] = [_EXAMPLES[name]]
        if schema["title"] == "PlaceOrder" and os.environ["FUZZ_CALLER"] != "staff":
            del schema["properties"]["customer_id"]  # only staff names whose order it is


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation.get("parameters", ())


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """The coverage phase has one key for all its requests, which is refused from the second one on."""
    if _KEY not in case.headers or case.meta is None or case.meta.phase.name != TestPhase.COVERAGE:
        return
    if not case.meta.is_negative_at(ParameterLocation.HEADER):
        case.headers[_KEY] = f"key-{next(_NUMBERS)}"


@schemathesis.hook
def map_body(context: HookContext, body: Any) -> Any:
    """1.0 is an integer to JSON Schema; to us no number with a point is, for money is never a float."""
    if isinstance(body, dict):
        return {name: map_body(context, value) for name, value in body.items()}
    if isinstance(body, list):
        return [map_body(context, value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """A rule of the business may refuse what is well formed: a cursor of another list, a key that came before."""
    return not isinstance(failure, RejectedPositiveData) or response.json().get("type") in _OF_FORM
