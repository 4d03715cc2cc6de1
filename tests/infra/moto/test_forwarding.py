"""What is DynamoDB's goes on to DynamoDB Local, by the cloud's own key; what is not does not."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.local.dynamodb_local import forwarding
from infra.local.dynamodb_local.forwarding import Forwarder
from infra.local.moto.call import Call, Headers
from infra.local.ports import free_port

SENT: list[tuple[str, str, bytes]] = []


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        SENT.append((self.headers["Authorization"].split("/")[0], self.headers["X-Amz-Target"], body))
        self.send_response(400)
        for name, value in (("x-amzn-RequestId", "one"), ("Connection", "keep-alive"), ("Content-Length", "2")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    SENT.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def a_call(target: str) -> Call:
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0", "Authorization": "anybody's"}
    return Call("POST", "/", Headers(headers), b'{"a": 1}')


@pytest.mark.parametrize("idle", [0.0, 60.0])
def test_it_goes_on_as_it_came_under_the_key_and_the_answer_comes_back(
    port: int, monkeypatch: pytest.MonkeyPatch, idle: float
) -> None:
    monkeypatch.setattr(forwarding, "_IDLE_SECONDS", idle)  # a connection for each call, or one for all
    forwarder = Forwarder(port, "secret")
    for target in ("DynamoDB_20120810.GetItem", "DynamoDBStreams_20120810.GetRecords"):
        answer = forwarder.answer(a_call(target))
        assert answer == (400, [("x-amzn-RequestId", "one")], b"{}")
        assert SENT.pop() == ("AWS4-HMAC-SHA256 Credential=secret", target, b'{"a": 1}')
    forwarder.close()


def test_what_is_not_dynamodbs_stays_here(port: int) -> None:
    forwarder = Forwarder(port, "secret")
    assert forwarder.answer(a_call("AmazonSQS.SendMessage")) is None
    assert forwarder.answer(Call("GET", "/", Headers({}))) is None
    assert SENT == []


def test_while_nobody_answers_there_it_is_an_error_that_may_pass() -> None:
    answer = Forwarder(free_port(), "secret").answer(a_call("DynamoDB_20120810.GetItem"))
    assert answer is not None
    assert (answer.status, b"InternalServerError" in answer.body) == (500, True)
