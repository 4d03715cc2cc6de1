"""What API Gateway and Lambda's proxy integration do with a request, done by the local gateway."""

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalice.app import AuthResponse, Chalice, CORSConfig, IAMAuthorizer, Response
from chalice.config import Config

from infra.local.authorizers import allowed, unverified
from infra.local.gateway import Gateway
from infra.local.web.server import Server, bind
from tests.infra.runner.calling import assert_problem, call, call_on

_meeting = threading.Barrier(2)
_hanging = threading.Event()


def _hang() -> Any:
    _hanging.wait(20)
    return {}


_ANSWERS: dict[str, Any] = {
    "nothing": lambda: Response(body="", status_code=204),
    "two-cookies": lambda: Response(body="{}", headers={"Set-Cookie": ["a=1", "b=2"]}),
    "bytes-as-json": lambda: Response(body=b"{}", headers={"Content-Type": "application/json"}),
    "image": lambda: Response(body=b"\x89PNG", headers={"Content-Type": "image/png"}),
    "bad-status": lambda: Response(body="{}", status_code=42),
    "split-header": lambda: Response(body="{}", headers={"X-A": "a\r"}),
    "hang": _hang,
}


def _current(app: Chalice) -> Any:
    return app.current_request


def sample_app() -> Chalice:
    app = Chalice(app_name="sample")
    app.api.binary_types = ["application/octet-stream", "image/*", "image/png"]

    @app.route("/event", methods=["GET", "POST"], content_types=["*/*"])
    def event() -> Any:
        return _current(app).to_original_event()

    @app.route("/length", methods=["POST"], content_types=["*/*"])
    def length() -> Any:
        return {"bytes": len(_current(app).raw_body), "hex": _current(app).raw_body[:8].hex()}

    @app.route("/things/{name}", methods=["GET", "HEAD"], cors=CORSConfig(allow_origin="https://a.example"))
    def thing(name: str) -> Any:
        return {"name": name}

    @app.route("/things/special")
    def special() -> Any:
        return {"route": "/things/special"}

    @app.route("/answers/{kind}")
    def answer(kind: str) -> Any:
        return _ANSWERS[kind]()

    @app.route("/who")
    def who() -> Any:
        before = _current(app).query_params["n"]
        _meeting.wait(20)
        return {"before": before, "after": _current(app).query_params["n"]}

    @app.authorizer()
    def door(request: Any) -> Any:
        if request.token == "unknown":
            raise Exception("Unauthorized")
        if request.token == "broken":
            raise RuntimeError("boom: the secret")
        if request.token == "fatal":
            raise SystemExit("not an Exception")
        context: Any = {"age": 7, "admin": True}
        return AuthResponse(["/mine"] if request.token == "good" else [], "ann", context)

    @app.route("/mine", authorizer=door)
    def mine() -> Any:
        return _current(app).context["authorizer"]

    @app.middleware("http")
    def crash(request: Any, get_response: Any) -> Any:
        if request.headers.get("x-crash"):
            raise SystemExit("not an Exception, so Chalice lets it pass")
        return get_response(request)

    return app


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    disk = {"app_name": "sample", "lambda_timeout": 1}
    config = Config(config_from_disk=disk, default_params={"api_gateway_stage": "api"})
    server = Server(bind(0), Gateway(sample_app(), config, lambda: {"state": "up"}), lambda *_: None)
    server.start()
    yield server.port
    _hanging.set()
    server.close()
    assert server.drained(20)


def test_a_path_parameter_stays_percent_encoded_as_rest_apis_leave_it(port: int) -> None:
    assert call(port, "GET", "/things/a%20b%2Fc").json() == {"name": "a%20b%2Fc"}


def test_a_literal_segment_goes_before_a_parameter(port: int) -> None:
    assert call(port, "GET", "/things/special").json() == {"route": "/things/special"}


def test_one_trailing_slash_does_not_count(port: int) -> None:
    assert call(port, "GET", "/things/a/").json() == {"name": "a"}


def test_an_empty_segment_is_no_parameter(port: int) -> None:
    assert_problem(call(port, "GET", "/things//"), 404, "/things//")


def test_a_query_is_decoded_and_the_last_value_wins_while_all_are_kept(port: int) -> None:
    event = call(port, "GET", "/event?a=1&a=2%2B3&b=x+y&c=").json()
    assert event["queryStringParameters"] == {"a": "2+3", "b": "x y", "c": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2+3"], "b": ["x y"], "c": [""]}


def test_a_header_sent_twice_comes_as_its_last_value_and_as_all_of_them(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("GET", "/event")
    connection.putheader("X-Colour", "red")
    connection.putheader("X-Colour", "blue")
    connection.endheaders()
    response = connection.getresponse()
    event = json.loads(response.read())
    connection.close()
    assert event["headers"]["X-Colour"] == "blue"
    assert event["multiValueHeaders"]["X-Colour"] == ["red", "blue"]


def test_what_is_absent_is_null_in_the_event(port: int) -> None:
    event = call(port, "GET", "/event").json()
    absent = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body")
    assert [event[name] for name in absent] == [None] * 4


def test_the_event_tells_route_path_method_and_caller(port: int) -> None:
    event = call(port, "GET", "/event?a=1", headers={"User-Agent": "me"}).json()
    context = event["requestContext"]
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/event", "/event", "GET")
    assert (context["resourcePath"], context["stage"], context["protocol"]) == ("/event", "api", "HTTP/1.1")
    assert (context["identity"]["sourceIp"], context["identity"]["userAgent"]) == ("127.0.0.1", "me")


def test_a_text_body_comes_as_text(port: int) -> None:
    event = call(port, "POST", "/event", "grüß".encode(), {"Content-Type": "application/json"}).json()
    assert (event["body"], event["isBase64Encoded"]) == ("grüß", False)


@pytest.mark.parametrize("kind", ["application/octet-stream", "image/gif", "image/png; a=b"])
def test_a_body_of_a_binary_type_comes_as_base64(port: int, kind: str) -> None:
    event = call(port, "POST", "/event", b"abc", {"Content-Type": kind}).json()
    assert (event["body"], event["isBase64Encoded"]) == ("YWJj", True)


def test_a_body_that_is_not_utf8_reaches_the_app_byte_by_byte(port: int) -> None:
    answer = call(port, "POST", "/length", b"\xff\xfe{}", {"Content-Type": "application/json"})
    assert answer.json() == {"bytes": 4, "hex": "fffe7b7d"}


def test_a_head_answer_has_the_length_but_no_body(port: int) -> None:
    answer = call(port, "HEAD", "/things/a")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "12")


def test_a_204_has_neither_body_nor_length(port: int) -> None:
    answer = call(port, "GET", "/answers/nothing")
    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers


def test_a_header_with_several_values_is_sent_several_times(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/answers/two-cookies")
    response = connection.getresponse()
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    connection.close()


def test_a_binary_answer_comes_as_its_bytes(port: int) -> None:
    answer = call(port, "GET", "/answers/image", headers={"Accept": "image/png"})
    assert (answer.status, answer.body) == (200, b"\x89PNG")


@pytest.mark.parametrize("kind", ["bytes-as-json", "bad-status", "split-header"])
def test_an_answer_that_lambda_could_not_give_is_a_502(port: int, kind: str) -> None:
    assert_problem(call(port, "GET", f"/answers/{kind}"), 502, f"/answers/{kind}")


def test_a_function_that_ends_in_an_exception_is_a_502_and_its_traceback_is_logged(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_problem(call(port, "GET", "/event", headers={"X-Crash": "1"}), 502, "/event")
    assert "SystemExit: not an Exception" in capsys.readouterr().err


def test_a_function_that_takes_longer_than_its_timeout_is_a_504(port: int) -> None:
    assert_problem(call(port, "GET", "/answers/hang"), 504, "/answers/hang")


def test_an_unknown_path_is_a_404(port: int) -> None:
    assert_problem(call(port, "GET", "/nowhere?a=1"), 404, "/nowhere")


def test_a_wrong_method_is_a_405_that_tells_the_right_ones(port: int) -> None:
    answer = call(port, "DELETE", "/things/a")
    assert_problem(answer, 405, "/things/a")
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_preflight_is_answered_where_the_route_has_cors(port: int) -> None:
    answer = call(port, "OPTIONS", "/things/a")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert answer.headers["access-control-allow-methods"] == "GET,HEAD,OPTIONS"


def test_a_preflight_where_there_is_no_cors_is_a_405(port: int) -> None:
    assert_problem(call(port, "OPTIONS", "/event"), 405, "/event")


def test_health_never_reaches_the_app(port: int) -> None:
    assert call(port, "GET", "/_local/health").json() == {"state": "up"}


def test_two_requests_at_once_do_not_see_each_other(port: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda n: call(port, "GET", f"/who?n={n}").json(), [1, 2]))
    assert answers == [{"before": "1", "after": "1"}, {"before": "2", "after": "2"}]


def test_a_connection_carries_many_requests(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    assert [call_on(connection, "GET", f"/things/{n}").json() for n in range(3)] == [{"name": str(n)} for n in range(3)]
    connection.close()


def test_sixty_four_connections_are_served_at_once(port: int) -> None:
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(64)]
    for connection in connections:
        connection.request("GET", "/things/a")
    assert [connection.getresponse().status for connection in connections] == [200] * 64
    for connection in connections:
        connection.close()


def test_a_route_with_an_authorizer_is_a_401_without_credentials(port: int) -> None:
    answer = call(port, "GET", "/mine")
    assert_problem(answer, 401, "/mine")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("token", "status"), [("unknown", 401), ("poor", 403), ("broken", 500), ("fatal", 500)])
def test_an_authorizer_that_refuses_or_fails_keeps_the_request_out(port: int, token: str, status: int) -> None:
    assert_problem(call(port, "GET", "/mine", headers={"Authorization": token}), status, "/mine")


def test_why_an_authorizer_failed_stands_in_the_log_and_not_in_the_answer(
    port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = call(port, "GET", "/mine", headers={"Authorization": "broken"})
    assert b"secret" not in answer.body
    assert "RuntimeError: boom: the secret" in capfd.readouterr().err


def test_a_function_finds_its_authorizers_context_as_text(port: int) -> None:
    answer = call(port, "GET", "/mine", headers={"Authorization": "good"})
    assert answer.json() == {"age": "7", "admin": "true", "principalId": "ann"}


def test_a_denial_goes_before_what_allows() -> None:
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:*"}
    deny = {"Effect": "Deny", "Action": ["execute-api:*"], "Resource": ["arn:?:x"]}
    assert allowed({"Statement": [allow]}, "arn:a:x")
    assert not allowed({"Statement": [allow, deny]}, "arn:a:x")
    assert allowed({"Statement": [allow, deny]}, "arn:a:y")


def test_a_route_whose_credentials_nobody_verifies_is_named() -> None:
    app = Chalice(app_name="sample")
    app.route("/open")(lambda: {})
    app.route("/iam", authorizer=IAMAuthorizer())(lambda: {})
    assert unverified(app) == ["GET /iam: IAMAuthorizer verifies nothing here, every token passes"]
