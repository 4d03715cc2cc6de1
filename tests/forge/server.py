"""The issuer behind HTTP on this machine: what it answers can be changed as it runs, and what it was asked is kept."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.forge.certificates import certificate
from tests.forge.keys import Key

JWKS = "/.well-known/jwks.json"
DISCOVERY = "/.well-known/openid-configuration"


@dataclass
class Server:
    """`answers` holds a body, or a status, for each path; any other is a 404."""

    url: str
    answers: dict[str, bytes | int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, path: str, document: object) -> None:
        self.answers[path] = json.dumps(document).encode()


@contextmanager
def serving() -> Iterator[Server]:
    """A server of an issuer's documents, until the end of the block."""
    with _listening("http") as server:
        yield server


@contextmanager
def serving_over_tls(key: Key, folder: Path) -> Iterator[Server]:
    """The same, with a certificate that the key has issued to itself: in `folder`, as cert.pem."""
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(certificate(key).public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with _listening("https", context) as server:
        yield server


@contextmanager
def _listening(scheme: str, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    told = Server("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            answer = told.answers.get(self.path, 404)
            body = b"" if isinstance(answer, int) else answer
            self.send_response(answer if isinstance(answer, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if answer in (301, 302, 307, 308):
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: a test's output is its own."""

    with _Quiet(("127.0.0.1", 0), Handler) as server:
        told.url = f"{scheme}://127.0.0.1:{server.server_port}"
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: that a client hangs up is what a test wants to see."""
