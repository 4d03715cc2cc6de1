"""What Schemathesis can not read from the documents, for it to tell a flaw from a rule."""

import json
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

# Refusals of a request for its form alone: whatever is documented as well formed never meets one.
_OF_FORM = {
    f"urn:emporium:problem:{name}"
    for name in ("body-too-long", "field-not-accepted", "format-not-read", "malformed", "not-json", "not-text")
}
# The end of a text, as our patterns say it in every dialect, and as ECMA 262 does, from which texts are made at once.
_END, _DOLLAR = (json.dumps(end)[1:-1] for end in (r"(?![\s\S])", "$"))


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    raw_schema.update(json.loads(json.dumps(raw_schema).replace(_END, _DOLLAR)))


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
    """A rule of the business may refuse what is well formed: a cursor of another list, a key that came before.

    And Schemathesis counts as well formed what has a header that is wrong by its own account.
    """
    if not isinstance(failure, RejectedPositiveData):
        return True
    parts = case.meta.components.values() if case.meta else ()
    return response.json().get("type") in _OF_FORM and not any(part.mode.is_negative for part in parts)
