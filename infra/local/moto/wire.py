"""HTTP/1.1 on a socket: keep-alive, one thread for each connection, one send for each answer.

moto's own server speaks HTTP/1.0: a connection and a thread for each request.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from io import BufferedReader

from infra.local.moto.call import Answer, Call, Headers
from infra.local.moto.callers import CALLER

Respond = Callable[[Call], Answer]
PHRASES = {status.value: status.phrase for status in HTTPStatus}
BACKLOG = 512
FAULT = Answer(500, [("Content-Type", "application/json")], b'{"__type": "InternalFailure"}')

log = logging.getLogger(__name__)


class Malformed(Exception):
    """What came in is not HTTP/1.1."""


class Server:
    """Answers on 127.0.0.1 until stopped. Raises OSError when the port is taken; port 0 picks a free one."""

    def __init__(self, port: int, respond: Respond) -> None:
        self.respond = respond
        self.listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        self.port: int = self.listener.getsockname()[1]
        self.stopping = threading.Event()
        self._idle = threading.Condition()
        self._busy = 0

    def start(self) -> None:
        threading.Thread(target=self._accept, daemon=True, name="accept").start()

    def stop(self, grace_seconds: float) -> None:
        """Lets the requests in flight finish; long polls end now."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout=grace_seconds)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        CALLER.connected = lambda: not self.stopping.is_set() and is_open(connection)
        with connection, connection.makefile("rb") as reader:
            try:
                while (call := read_call(reader, connection)) is not None and not self.stopping.is_set():
                    with self._at_work():
                        connection.sendall(rendered(call, self._answer(call)))
                    if call.headers.get("connection").lower() == "close":
                        return
            except Malformed as problem:
                connection.sendall(rendered(None, Answer(400, [], str(problem).encode())))
            except (ConnectionError, TimeoutError):
                return

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        with self._idle:
            self._busy += 1
        try:
            yield
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _answer(self, call: Call) -> Answer:
        try:
            return self.respond(call)
        except Exception:
            log.exception("%s %s %s failed", call.method, call.target, call.headers.get("x-amz-target"))
            return FAULT


def is_open(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def read_call(reader: BufferedReader, connection: socket.socket) -> Call | None:
    """None when the other side has finished."""
    line = reader.readline(65537)
    if not line.strip():
        return None
    try:
        method, target, _ = line.decode("latin-1").split()
    except ValueError:
        raise Malformed(f"not a request line: {line[:80]!r}") from None
    fields = read_fields(reader)
    headers = Headers(fields)
    if headers.get("expect").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding").lower() == "chunked":
        body = b"".join(iter(lambda: read_chunk(reader), b""))
        headers["content-length"] = str(len(body))
    else:
        body = read_exactly(reader, whole(headers.get("content-length", "0"), 10))
    return Call(method, target, headers, body, fields)


def read_fields(reader: BufferedReader) -> list[tuple[str, str]]:
    fields = []
    while (line := reader.readline(65537)) not in (b"\r\n", b"\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise Malformed(f"not a header: {line[:80]!r}")
        fields.append((name, value.strip()))
    return fields


def read_chunk(reader: BufferedReader) -> bytes:
    size = whole(reader.readline(1024).split(b";")[0].decode("latin-1"), 16)
    chunk = read_exactly(reader, size)
    while size == 0 and reader.readline(65537).strip():
        pass  # trailers
    if size:
        reader.readline(3)
    return chunk


def read_exactly(reader: BufferedReader, size: int) -> bytes:
    body = reader.read(size)
    if len(body) < size:
        raise ConnectionResetError("hung up in the middle of a request")
    return body


def whole(text: str, base: int) -> int:
    try:
        return int(text, base)
    except ValueError:
        raise Malformed(f"not a length: {text[:80]!r}") from None


def rendered(call: Call | None, answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {PHRASES.get(answer.status, '')}"]
    lines += [f"{name}: {value}" for name, value in answer.headers if name.lower() != "content-length"]
    head = call is not None and call.method == "HEAD"
    declared = next((value for name, value in answer.headers if name.lower() == "content-length"), None)
    if answer.status >= 200 and answer.status not in (204, 304):
        lines.append(f"Content-Length: {declared if head and declared else len(answer.body)}")
    text = "\r\n".join(lines) + "\r\n\r\n"
    return text.encode("latin-1") + (b"" if head else answer.body)
