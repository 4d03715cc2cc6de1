"""Refusals as application/problem+json documents (RFC 9457)."""

import json

from infra.local.web.messages import Response, phrase


class Refused(Exception):
    """The request can not be served; carries what the caller is told."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def problem(refused: Refused, path: str) -> Response:
    document = {
        "type": "about:blank",
        "title": phrase(refused.status),
        "status": refused.status,
        "detail": refused.detail,
        "instance": path,
    }
    headers = (("Content-Type", "application/problem+json"), *refused.headers.items())
    return Response(refused.status, headers, json.dumps(document).encode())
