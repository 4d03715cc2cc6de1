"""Lambda's side of one function: the Runtime API, from which it fetches events and to which it answers.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any

VERSION = "/2018-06-01/runtime"
_LIMIT_SECONDS = 60
_ARN = "arn:aws:lambda:us-east-1:123456789012:function:under-test"


@dataclass(frozen=True)
class Told:
    """What a function said of an invocation, or of its start: an answer, or what went wrong."""

    answer: Any = None
    error: dict[str, Any] | None = None


class Ended(Exception):
    """The function's process is gone, and has said nothing."""


class RuntimeApi:
    """Gives one event at a time; a function that is not there yet finds it when it comes."""

    def __init__(self) -> None:
        self._events = SimpleQueue[dict[str, Any] | None]()
        self._told = SimpleQueue[Told | None]()
        self.asked_at = 0.0  # by time.perf_counter: when the function's init phase was over

    def invoke(self, event: Any) -> Told:
        """Waits for what the function makes of it; raises Ended."""
        self._events.put({"id": str(uuid.uuid4()), "event": json.dumps(event).encode()})
        told = self._told.get()
        if told is None:
            raise Ended
        return told

    def end(self) -> None:
        """Lets nobody wait any longer."""
        self._events.put(None)
        self._told.put(None)

    def next(self) -> dict[str, Any] | None:
        self.asked_at = self.asked_at or time.perf_counter()
        return self._events.get()

    def tell(self, told: Told) -> None:
        self._told.put(told)


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece

    def __init__(self, api: RuntimeApi, *given: Any) -> None:
        self.api = api
        super().__init__(*given)

    def do_GET(self) -> None:
        given = self.api.next()
        if given is None:
            self.close_connection = True
            return
        deadline = int((time.time() + _LIMIT_SECONDS) * 1000)
        headers = {"Lambda-Runtime-Aws-Request-Id": given["id"], "Lambda-Runtime-Deadline-Ms": str(deadline)}
        self._answer(200, given["event"], headers | {"Lambda-Runtime-Invoked-Function-Arn": _ARN})

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        told = json.loads(said)
        self._answer(202, b'{"status":"OK"}', {})
        self.wfile.flush()
        self.api.tell(Told(answer=told) if self.path.endswith("/response") else Told(error=told))

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Type": "application/json", "Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a function that was ended leaves its request for the next event behind

    def handle_error(self, *told: Any) -> None:
        """A function that was ended does not say good-bye."""


@contextmanager
def served(api: RuntimeApi) -> Iterator[str]:
    """The address, as AWS_LAMBDA_RUNTIME_API tells it to a function."""
    with _Server(("127.0.0.1", 0), partial(_Requests, api)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            api.end()
            server.shutdown()
