"""What every answer tells a browser: to guess nothing, to keep little, and pages of which origins may read it.

OWASP's list of headers for an API: https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html
Credentials are never allowed across origins, for there are none that a browser would send by itself: a token is.
"""

from collections.abc import Iterable, Mapping

from chassis import settings

_ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_SENT = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent"
_SHOWN = "ETag, Location, Retry-After, traceparent, WWW-Authenticate"
_REMEMBERED = "600"  # seconds that a browser need not ask again


def protected(*, shared: bool) -> Mapping[str, str]:
    """The headers of every answer; one that is `shared` is the same for all, and may be kept to be asked for anew."""
    return {**_ALWAYS, "Cache-Control": "no-cache" if shared else "no-store"}


def readable(origin: str | None) -> Mapping[str, str]:
    """Lets pages of the origin read the answer, where CORS_ORIGINS has it: origins by commas, or * for all.

    https://fetch.spec.whatwg.org/#http-cors-protocol
    """
    allowed = _origins()
    if not allowed:
        return {}
    varies = {} if allowed == {"*"} else {"Vary": "Origin"}
    if not origin or not allowed & {"*", origin}:
        return varies
    granted = "*" if "*" in allowed else origin
    return {**varies, "Access-Control-Allow-Origin": granted, "Access-Control-Expose-Headers": _SHOWN}


def preflight(methods: Iterable[str]) -> Mapping[str, str]:
    """What a page may send to a path; who may send it is told by `readable`."""
    return {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": _SENT,
        "Access-Control-Max-Age": _REMEMBERED,
    }


def _origins() -> set[str]:
    return {each.strip() for each in settings.text("CORS_ORIGINS", "").split(",")} - {""}
