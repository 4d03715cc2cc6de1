"""What every invocation of a function begins with: its trace, and what all lines of its log have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chalice.app import Chalice, ChaliceAuthorizer

from chassis import log, metrics, settings

Answer = Callable[[Any], Any]
_cold = True  # until this process, which Lambda starts for an invocation, has had its first


def watch(app: Chalice, authorizer: ChaliceAuthorizer) -> None:
    """From now on every invocation of the app, and of its authorizer, begins here."""
    capability = app.app_name.removeprefix("emporium-")

    def answer(request: Any, get_response: Answer) -> Any:
        over_http = hasattr(request, "lambda_context")
        if over_http:
            begin(capability, request.lambda_context, request.headers.get("traceparent"))
        else:
            begin(capability, request.context)
        with telling():
            return get_response(request)

    app.register_middleware(answer, "all")
    authorizer.__class__ = _begun_by(capability)


@contextmanager
def telling() -> Iterator[None]:
    """What ends an invocation is told as every line is: what Lambda itself writes of it names no trace."""
    try:
        yield
    except Exception as error:
        log.fail("failed", error)
        raise


def begin(capability: str, context: Any, traceparent: str | None = None) -> None:
    """Tells the log which invocation this is; the first of a process counts as a cold start."""
    global _cold
    about = {
        "stage": settings.text("STAGE", "local"),
        "capability": capability,
        "function": getattr(context, "function_name", "local"),
        "request_id": context.aws_request_id,
    }
    log.begin(about | {"cold_start": True} if _cold else about, traceparent)
    if _cold:
        _cold = False
        metrics.measure({"ColdStarts": 1})


def _begun_by(capability: str) -> type:
    """Chalice runs no middleware for an authorizer, and shows it no context."""

    class Authorizer(ChaliceAuthorizer):
        def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
            begin(capability, context)
            with telling():
                answer: dict[str, Any] = super().__call__(event, context)
            return answer

    return Authorizer
