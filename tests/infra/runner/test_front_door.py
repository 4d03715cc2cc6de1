"""Whose a request is, what the app gets of it, and what is said when the app is away or breaks off."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.front_door import FrontDoor, forwarded
from infra.local.web.messages import Request, Response
from infra.local.web.server import Server, bind
from tests.infra.runner.calling import PATIENCE, assert_problem, call


@dataclass
class Upstream:
    name: str
    port: int
    up: bool = True


def _tell(request: Request) -> Response:
    told = {"target": request.target, "headers": dict(request.headers), "body": request.body.decode()}
    return Response(201, (("Location", "/alpha/1"),), json.dumps(told).encode())


@contextmanager
def served(handler: Callable[[Request], Response], port: int = 0) -> Iterator[Server]:
    server = Server(bind(port), handler, lambda *_: None)
    server.start()
    yield server
    server.close()
    assert server.drained(PATIENCE)


@contextmanager
def door_to(*upstreams: Upstream, **owners: Upstream) -> Iterator[int]:
    own = {upstream.name: upstream for upstream in upstreams} | owners
    health: dict[str, Any] = {"state": "up"}
    front = FrontDoor(own.get, lambda: (all(u.up for u in own.values()), health))
    with served(front) as server, closing(front):
        yield server.port


def test_a_request_goes_to_the_app_of_its_first_segment_as_it_was_sent() -> None:
    with served(_tell) as app, door_to(Upstream("alpha", app.port)) as port:
        answer = call(port, "POST", "/alpha/a%20b?x=%2F", b"body", {"X-Colour": "red"})
        told = answer.json()
    assert (answer.status, answer.headers["location"]) == (201, "/alpha/1")
    assert (told["target"], told["body"]) == ("/alpha/a%20b?x=%2F", "body")
    assert told["headers"]["X-Colour"] == "red"


def test_the_app_learns_who_asked_and_by_which_name() -> None:
    request = Request("GET", "/", (("Host", "shop.example"), ("X-Forwarded-For", "9.9.9.9")), client="8.8.8.8")
    headers = dict(forwarded(request))
    assert headers == {
        "Host": "shop.example",
        "X-Forwarded-For": "9.9.9.9, 8.8.8.8",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "shop.example",
    }


def test_what_concerns_one_connection_alone_is_not_passed_on() -> None:
    request = Request("GET", "/", (("Connection", "close, X-Hop"), ("X-Hop", "1"), ("TE", "gzip"), ("A", "b")))
    assert {"Connection", "X-Hop", "TE"}.isdisjoint(dict(forwarded(request)))
    assert dict(forwarded(request))["A"] == "b"


def test_a_path_that_nobody_owns_is_a_404() -> None:
    with door_to(Upstream("alpha", 1)) as port:
        assert_problem(call(port, "GET", "/beta"), 404, "/beta")


def test_an_app_whose_route_begins_with_a_parameter_gets_what_nobody_else_owns() -> None:
    any_owner = {"*": Upstream("rest", 0)}
    with served(_tell) as app:
        any_owner["*"].port = app.port
        with door_to(**any_owner) as port:
            assert call(port, "GET", "/whatever").json()["target"] == "/whatever"


def test_an_app_that_is_down_is_a_503_that_says_when_to_ask_again() -> None:
    with door_to(Upstream("alpha", 1, up=False)) as port:
        answer = call(port, "GET", "/alpha")
    assert_problem(answer, 503, "/alpha")
    assert answer.headers["retry-after"] == "1"


def test_an_app_that_refuses_connections_is_a_503_even_to_a_post() -> None:
    with bind(0) as unused, door_to(Upstream("alpha", unused.getsockname()[1])) as port:
        assert_problem(call(port, "POST", "/alpha", b"{}"), 503, "/alpha")


def test_a_head_answer_keeps_the_length_that_the_app_tells() -> None:
    with served(lambda _: Response(200, (), b"12345")) as app, door_to(Upstream("alpha", app.port)) as port:
        answer = call(port, "HEAD", "/alpha")
    assert (answer.headers["content-length"], answer.body) == ("5", b"")


def test_an_app_that_was_started_again_in_between_is_reached_over_a_new_connection() -> None:
    with served(lambda _: Response(200, (), b"first")) as app:
        upstream = Upstream("alpha", app.port)
        front = FrontDoor({"alpha": upstream}.get, lambda: (True, {}))
        assert front(Request("GET", "/alpha")).body == b"first"
    with served(lambda _: Response(200, (), b"second")) as app:
        upstream.port = app.port
        assert front(Request("POST", "/alpha")).body == b"second"
        front.close()


@pytest.mark.parametrize(("method", "status", "sent"), [("GET", 200, 3), ("POST", 502, 2)])
def test_a_request_that_an_old_connection_swallowed_is_sent_again_only_if_that_is_safe(
    method: str, status: int, sent: int
) -> None:
    with _breaking_its_second_answer() as (port, requests), door_to(Upstream("alpha", port)) as front:
        assert call(front, "GET", "/alpha").status == 200
        assert call(front, method, "/alpha").status == status
    assert len(requests) == sent


@contextmanager
def _breaking_its_second_answer() -> Iterator[tuple[int, list[bytes]]]:
    """An app that reads the second request on a connection, and closes instead of answering it."""
    requests: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                requests.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                requests.append(connection.recv(65536))
                if requests[-1] == b"":
                    requests.pop()

    with bind(0) as listener:
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1], requests
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE)


def test_health_is_503_until_all_is_up() -> None:
    alpha = Upstream("alpha", 1)
    with door_to(alpha) as port:
        answer = call(port, "GET", "/health")
        assert (answer.status, answer.json()) == (200, {"state": "up"})
        alpha.up = False
        assert call(port, "GET", "/health").status == 503
