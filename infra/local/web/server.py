"""A threaded HTTP/1.1 server: a thread per connection, keep-alive, bounded, and drained before it stops."""

import socket
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from infra.local.web.messages import Handler, Request, Response, wire
from infra.local.web.problems import Refused, problem
from infra.local.web.reading import read_request

# Called once per answer: method, path, status, seconds.
AccessLog = Callable[[str, str, int, float], None]

_MOST_CONNECTIONS = 512
_IDLE_SECONDS = 75.0  # between two requests of a connection
_LINGER_SECONDS = 2.0
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Server:
    """Serves a handler on a bound socket until it is stopped; what the handler raises unforeseen is a 500."""

    def __init__(self, listener: socket.socket, handle: Handler, log: AccessLog, *, stall_seconds: float = 30) -> None:
        """`stall_seconds`: how long a request that has begun may send nothing before it is a 408."""
        self._listener, self._handle, self._log, self._stall = listener, handle, log, stall_seconds
        self._connections: dict[socket.socket, bool] = {}  # and whether a request is under way on it
        self._changed = threading.Condition()
        self._stopping = False
        self.port: int = listener.getsockname()[1]

    def start(self) -> None:
        self._listener.listen(256)
        self._listener.settimeout(1)  # where closing a listener does not wake who waits on it
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def close(self) -> None:
        """Takes no further connection and no further request; those under way go on."""
        self._stopping = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()
        with self._changed:
            for connection, busy in self._connections.items():
                if not busy:
                    _half_close(connection, socket.SHUT_RD)

    def drained(self, seconds: float) -> bool:
        """Waits until no request is under way; False if the time was over first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._connections, seconds)

    def _accept(self) -> None:
        while not self._stopping:
            try:
                connection, (client, _) = self._listener.accept()
            except OSError:
                time.sleep(0.01)  # closed, or nobody came, or there are too many open files
                continue
            threading.Thread(target=self._serve, args=(connection, client), daemon=True).start()

    def _serve(self, connection: socket.socket, client: str) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._changed:
            self._connections[connection] = False
            crowded = len(self._connections) > _MOST_CONNECTIONS
        try:
            with connection, connection.makefile("rb") as stream, suppress(OSError):
                if crowded:
                    self._refuse(connection, Refused(503, "too many connections", {"Retry-After": "1"}))
                while not crowded and self._exchange(connection, stream, client):
                    pass
        finally:
            with self._changed:
                del self._connections[connection]
                self._changed.notify_all()

    def _exchange(self, connection: socket.socket, stream: BinaryIO, client: str) -> bool:
        """One request and its answer; tells whether the connection can carry another."""
        connection.settimeout(_IDLE_SECONDS)
        if self._stopping or not stream.peek(1):  # type: ignore[attr-defined]  # a BufferedReader has it
            return False
        self._mark(connection, busy=True)
        connection.settimeout(self._stall)
        try:
            request = read_request(stream, client, lambda: connection.sendall(_CONTINUE))
        except TimeoutError:
            return self._refuse(connection, Refused(408, "the request did not arrive in time"))
        except Refused as refused:
            return self._refuse(connection, refused)
        if request is None:
            return False
        keep = self._answer(connection, request)
        self._mark(connection, busy=False)
        return keep

    def _answer(self, connection: socket.socket, request: Request) -> bool:
        started = time.perf_counter()
        try:
            response = self._handle(request)
        except Refused as refused:
            response = problem(refused, request.path)
        except Exception:
            traceback.print_exc()
            response = problem(Refused(500, "the server failed"), request.path)
        keep = not self._stopping and _wants_more(request)
        connection.sendall(wire(response, method=request.method, keep=keep))
        self._log(request.method, request.path, response.status, time.perf_counter() - started)
        return keep

    def _refuse(self, connection: socket.socket, refused: Refused) -> bool:
        """Answers what could not be read as a request, and closes: nobody knows where the next one begins."""
        response: Response = problem(refused, "")
        connection.sendall(wire(response, method="", keep=False))
        self._log("-", refused.detail, refused.status, 0.0)
        _linger(connection)
        return False

    def _mark(self, connection: socket.socket, *, busy: bool) -> None:
        with self._changed:
            self._connections[connection] = busy


def bind(port: int, host: str = "127.0.0.1") -> socket.socket:
    """A socket that owns the port (0: any free one), not yet listening; raises OSError where it is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except BaseException:
        listener.close()
        raise
    return listener


def _wants_more(request: Request) -> bool:
    connection = (request.header("connection") or "").lower()
    return "keep-alive" in connection if request.version == "HTTP/1.0" else "close" not in connection


def _half_close(connection: socket.socket, how: int) -> None:
    with suppress(OSError):
        connection.shutdown(how)


def _linger(connection: socket.socket) -> None:
    """Reads what still comes for a moment: closing on unread bytes is a reset, which eats the answer."""
    _half_close(connection, socket.SHUT_WR)
    connection.settimeout(_LINGER_SECONDS)
    end = time.monotonic() + _LINGER_SECONDS
    with suppress(OSError):
        while connection.recv(65536) and time.monotonic() < end:
            pass
