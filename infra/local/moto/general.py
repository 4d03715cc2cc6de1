"""Every service that moto has, by moto's own WSGI application: complete, and slow."""

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from infra.local.moto.call import Answer, Call

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def application() -> Application:
    return DomainDispatcherApplication(create_backend_app)


def answer(app: Application, call: Call) -> Answer:
    started: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started.append((int(status.split()[0]), headers))

    chunks = app(environ(call), start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return Answer(*started[-1], body)


def environ(call: Call) -> dict[str, Any]:
    """The call as PEP 3333 wants it, with what moto's request class looks for besides."""
    path, _, query = call.target.partition("?")
    host, _, port = call.headers.get("host").partition(":")
    kept = {environ_key_for_header(n): n for n, _ in call.fields if should_preserve_original_header_name(n)}
    return {
        **{
            environ_key_for_header(name): value
            for name, value in call.headers.items()
            if "_" not in name or should_preserve_original_header_name(name)
        },
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: kept,
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": call.target,
        "REQUEST_URI": call.target,
        "SERVER_NAME": host or "127.0.0.1",
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(call.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
