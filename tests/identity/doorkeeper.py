"""The least shop that signs people in: its tokens are numbered, and good until it forgets them."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

PASSWORD = "the right one"


class Doorkeeper:
    """`sign_ins` are how many there were; `seen` are the tokens that were shown to it."""

    def __init__(self) -> None:
        self.sign_ins = 0
        self.seen: list[str] = []
        self.good: set[str] = set()
        self.sign_up_status = 202
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """For httpx.MockTransport: a shop without a network."""
        status, body = self.answer(request.url.path, request.content, request.headers.get("authorization", ""))
        return httpx.Response(status, json=body)

    def answer(self, path: str, sent: bytes, shown: str) -> tuple[int, dict[str, str]]:
        if path == "/customers":
            return self.sign_up_status, {"title": "Too often"}
        if path == "/sessions":
            return self._sign_in(json.loads(sent)["password"])
        with self._lock:
            self.seen.append(shown)
            return (200, {}) if shown.removeprefix("Bearer ") in self.good else (401, {"title": "Not signed in"})

    def _sign_in(self, password: str) -> tuple[int, dict[str, str]]:
        time.sleep(0.01)  # so that others ask meanwhile
        with self._lock:
            self.sign_ins += 1
            if password != PASSWORD:
                return 401, {"detail": "This signs nobody in."}
            self.good.add(token := f"token-{self.sign_ins}")
            return 200, {"access_token": token}


@contextmanager
def over_http(doorkeeper: Doorkeeper) -> Iterator[str]:
    """The same shop at an address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = doorkeeper.answer(self.path, sent, self.headers.get("Authorization", ""))
            answer = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Nobody needs to read of it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
