"""API Gateway's authorizers: a built-in one is run and its policy enforced, others are named."""

import base64
import binascii
import json
import re
import traceback
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, ChaliceAuthorizer, CognitoUserPoolAuthorizer, IAMAuthorizer

from infra.local.proxy import ACCOUNT, API_ID, Event
from infra.local.web.problems import Refused

_INVOKE = {"execute-api:Invoke", "execute-api:*", "*"}
_UNAUTHORIZED = Refused(401, "the request carries no valid credentials", {"WWW-Authenticate": "Bearer"})


def authorize(authorizer: Any, event: Event, context: Any) -> dict[str, Any] | None:
    """What the function finds as requestContext.authorizer, if anything; raises Refused: 401, 403 or 500.

    docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
    """
    if authorizer is None or isinstance(authorizer, IAMAuthorizer):
        return None
    if isinstance(authorizer, ChaliceAuthorizer):
        return _run(authorizer, event, context)
    token = _header(event, "authorization")
    if token is None:
        raise _UNAUTHORIZED
    return {"claims": _claims(token)} if isinstance(authorizer, CognitoUserPoolAuthorizer) else None


def unverified(app: Chalice) -> list[str]:
    """One line for each route whose credentials nobody verifies on this machine."""
    return [
        f"{method} {route}: {type(entry.authorizer).__name__} verifies nothing here, every token passes"
        for route, entries in app.routes.items()
        for method, entry in entries.items()
        if entry.authorizer is not None and not isinstance(entry.authorizer, ChaliceAuthorizer)
    ]


def _run(authorizer: ChaliceAuthorizer, event: Event, context: Any) -> dict[str, Any]:
    token = _header(event, (authorizer.config.header if authorizer.config else "Authorization").lower())
    if token is None:
        raise _UNAUTHORIZED
    arn = _method_arn(event)
    answer = _call(authorizer, {"type": "TOKEN", "authorizationToken": token, "methodArn": arn}, context)
    if not allowed(answer.get("policyDocument") or {}, arn):
        raise Refused(403, "the credentials do not allow this request")
    passed = {name: _as_text(value) for name, value in (answer.get("context") or {}).items()}
    return passed | {"principalId": answer.get("principalId")}


def _call(authorizer: Callable[[Any, Any], Any], event: Event, context: Any) -> dict[str, Any]:
    """The authorizer's answer; it says 401 by raising an exception with exactly this message.

    Whatever else it raises is for the log alone: nobody has shown yet who they are.
    """
    try:
        answer = authorizer(event, context)
    except BaseException as error:  # SystemExit too: on Lambda it ends the function, not the gateway
        if str(error) == "Unauthorized":
            raise _UNAUTHORIZED from None
        traceback.print_exc()
        raise Refused(500, "the authorizer failed: see its log") from None
    if not isinstance(answer, dict):
        raise Refused(500, "the authorizer gave no policy")
    return answer


def allowed(policy: dict[str, Any], arn: str) -> bool:
    """Whether the policy lets the method be invoked: something allows it, and nothing denies it."""
    effects = {
        statement.get("Effect")
        for statement in _listed(policy.get("Statement"))
        if _INVOKE & set(_listed(statement.get("Action")))
        and any(_like(pattern, arn) for pattern in _listed(statement.get("Resource")))
    }
    return "Allow" in effects and "Deny" not in effects


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _like(pattern: str, arn: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), arn) is not None


def _method_arn(event: Event) -> str:
    context = event["requestContext"]
    resource = f"{API_ID}/{context['stage']}/{event['httpMethod']}/{event['path'].lstrip('/')}"
    return f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{resource}"


def _header(event: Event, name: str) -> str | None:
    return next((value for key, value in event["headers"].items() if key.lower() == name), None)


def _as_text(value: Any) -> str:
    """A context's value as the function gets it: a REST API makes text of scalars, and takes nothing else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise Refused(500, "the authorizer's context holds something other than text, numbers and booleans")


def _claims(token: str) -> dict[str, Any]:
    """The payload of a JSON Web Token; its signature is not verified."""
    try:
        payload = token.removeprefix("Bearer ").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, binascii.Error):
        raise _UNAUTHORIZED from None
    if not isinstance(claims, dict):
        raise _UNAUTHORIZED
    return claims
