"""Requests that are malformed, too large or too slow: each gets the answer that its sender can act upon."""

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from infra.local.web.messages import Request, Response
from infra.local.web.reading import LARGEST_BODY
from infra.local.web.server import Server, bind
from tests.infra.runner.calling import PATIENCE, call, eventually, send_raw


def _echo(request: Request) -> Response:
    if request.path == "/fault":
        raise ZeroDivisionError
    told = {"target": request.target, "bytes": len(request.body), "body": request.body[:99].decode("latin-1")}
    return Response(200, (("Content-Type", "application/json"),), json.dumps(told).encode())


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = Server(bind(0), _echo, lambda *_: None, stall_seconds=0.3)
    server.start()
    yield server.port
    server.close()
    assert server.drained(PATIENCE)


def _refused(answer: bytes) -> int:
    """The status of an answer that refuses, and closes the connection."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head
    assert b"Connection: close" in head
    document = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {document['status']} {document['title']}\r\n".encode())
    return int(document["status"])


GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"G\x00T / HTTP/1.1\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414),
        (GET + b"no colon\r\n\r\n", 400),
        (GET + b" folded: 1\r\n\r\n", 400),
        (GET + b"A: b\x00c\r\n\r\n", 400),
        (GET + b"A: b\r\n" * 200 + b"\r\n", 431),
        (GET + b"A: " + b"b" * 20_000 + b"\r\n\r\n", 431),
        (POST + b"Content-Length: ten\r\n\r\n", 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (POST + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), 413),
        (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Host: other\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413),
        (POST + b"Content-Length: 1\r\nExpect: magic\r\n\r\n", 417),
    ],
)
def test_what_can_not_be_read_as_one_request_is_refused(port: int, request_bytes: bytes, status: int) -> None:
    assert _refused(send_raw(port, request_bytes)) == status


def test_a_body_that_stalls_is_a_408(port: int) -> None:
    assert _refused(send_raw(port, POST + b"Content-Length: 5\r\n\r\nab")) == 408


def test_a_chunked_body_is_put_together(port: int) -> None:
    chunks = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n"
    answer = send_raw(port, POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"target": "/", "bytes": 5, "body": "abcde"}


def test_the_largest_body_is_taken(port: int) -> None:
    assert call(port, "POST", "/", b"x" * LARGEST_BODY).json()["bytes"] == LARGEST_BODY


def test_a_body_that_is_too_large_is_told_even_to_a_client_that_goes_on_sending(port: int) -> None:
    assert call(port, "POST", "/", b"x" * (LARGEST_BODY + 1)).status == 413


def test_a_client_that_waits_to_be_told_to_send_its_body_is_told(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(POST + b"Connection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(99) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ab")
        rest = b"".join(iter(lambda: connection.recv(65536), b""))
    assert rest.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_announces_too_much_is_told_before_it_sends(port: int) -> None:
    head = b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
    assert _refused(send_raw(port, POST + head)) == 413


def test_requests_that_follow_at_once_are_answered_in_order(port: int) -> None:
    last = b"GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = send_raw(port, b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + last)
    assert [answer.find(b'"/1"') > 0, answer.find(b'"/2"') > answer.find(b'"/1"')] == [True, True]


def test_an_absolute_target_is_a_path(port: int) -> None:
    answer = send_raw(port, b"GET http://a/b?c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b'"/b?c"' in answer


def test_a_fault_of_the_handler_is_a_500_and_the_connection_lives_on(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = call(port, "GET", "/fault")
    assert (answer.status, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_server_that_closes_finishes_what_is_under_way_and_takes_nothing_new() -> None:
    entered, go = threading.Event(), threading.Event()

    def slow(request: Request) -> Response:
        entered.set()
        go.wait(PATIENCE)
        return Response(200, (), b"done")

    server = Server(bind(0), slow, lambda *_: None)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(GET + b"\r\n")
        assert entered.wait(PATIENCE)
        server.close()
        assert not server.drained(0.01)
        eventually(lambda: _is_refused(server.port))
        go.set()
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.endswith(b"done")
    assert b"Connection: close" in answer
    assert server.drained(PATIENCE)


def _is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False
