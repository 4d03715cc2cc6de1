"""Every way into an app begins an invocation: over HTTP, by a queue, a stream or a schedule, and at its authorizer."""

from types import SimpleNamespace
from typing import Any

import pytest
from chalice.app import AuthRequest, AuthResponse, Chalice, CloudWatchEvent, Rate, SQSEvent

from chassis import invocations, log
from chassis.doors import Doors, Request
from chassis.parsing import Nothing
from tests.gateway import ask
from tests.lines import lines, measured
from tests.shop import CONTEXT

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BROUGHT = f"00-{TRACE}-00f067aa0ba902b7-01"
QUEUED = {"Records": [{"messageId": "1", "body": ""}]}
TOKEN = {"type": "TOKEN", "authorizationToken": "Bearer x", "methodArn": "arn:aws:execute-api:r:1:api/s/GET/cups"}
SCHEDULED = {"detail-type": "", "source": "", "detail": {}, "resources": [], "id": "", "account": "", "time": ""} | {
    "region": "",
    "version": "0",
}


def context(id: str) -> SimpleNamespace:
    return SimpleNamespace(aws_request_id=id, function_name="emporium-dev-kitchen-Inbox")


def a_kitchen() -> SimpleNamespace:
    app = Chalice(app_name="emporium-kitchen")

    @app.authorizer()
    def identify(request: AuthRequest) -> AuthResponse:
        log.say("identified")
        return AuthResponse(["*"], "nobody")

    door = Doors(app, identify)

    @door("GET", "/cups", role="public")
    def list_cups(request: Request[Nothing, Nothing]) -> None:
        log.say("listed")

    @app.on_sqs_message(queue="kitchen-inbox")
    def inbox(event: SQSEvent) -> None:
        log.say("heard")

    @app.schedule(Rate(1, unit=Rate.MINUTES))
    def tick(event: CloudWatchEvent) -> None:
        log.say("ticked")

    return SimpleNamespace(app=app, identify=identify, inbox=inbox, tick=tick)


@pytest.fixture
def kitchen(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("METRICS", "on")
    monkeypatch.setattr(invocations, "_cold", False)
    return a_kitchen()


@pytest.mark.parametrize(
    ("way", "event", "message"),
    [("inbox", QUEUED, "heard"), ("tick", SCHEDULED, "ticked"), ("identify", TOKEN, "identified")],
)
def test_a_line_tells_its_function_and_invocation_whichever_way_it_was_called(
    kitchen: SimpleNamespace, way: str, event: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for id in ("one", "two"):
        getattr(kitchen, way)(event, context(id))
    told = lines(capsys.readouterr().out, message)
    assert [line["request_id"] for line in told] == ["one", "two"]
    assert {(line["stage"], line["capability"], line["function"]) for line in told} == {
        ("dev", "kitchen", "emporium-dev-kitchen-Inbox")
    }
    assert len({line["trace"] for line in told}) == 2


@pytest.mark.parametrize(("way", "event"), [("inbox", QUEUED), ("tick", SCHEDULED), ("identify", TOKEN)])
def test_what_ends_an_invocation_is_told_with_its_trace_and_id_and_raised(
    kitchen: SimpleNamespace,
    way: str,
    event: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def burn(message: str) -> None:
        raise RuntimeError(f"not {message}: it burns")

    monkeypatch.setattr(log, "say", burn)
    with pytest.raises(RuntimeError, match="it burns"):
        getattr(kitchen, way)(event, context("one"))
    [line] = lines(capsys.readouterr().out, "failed")
    assert (line["level"], line["request_id"], line["function"]) == ("error", "one", "emporium-dev-kitchen-Inbox")
    assert line["cause"].startswith("RuntimeError: not ")
    assert line["trace"].startswith("00-")


def test_an_answer_names_the_trace_that_its_request_brought(
    kitchen: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = ask(kitchen.app, "GET", "/cups", headers={"traceparent": BROUGHT})
    told = lines(capsys.readouterr().out)
    assert [line["message"] for line in told] == ["listed", "answered"]
    assert {line["trace"] for line in told} == {reply.headers["traceparent"]}
    assert {line["request_id"] for line in told} == {CONTEXT.aws_request_id}
    assert reply.headers["traceparent"].split("-")[1] == TRACE


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "TRACE"])
def test_an_answer_to_whoever_brought_no_trace_names_one_that_is_its_own(kitchen: SimpleNamespace, method: str) -> None:
    replies = [ask(kitchen.app, method, "/cups") for _ in range(2)]
    assert len({reply.headers["traceparent"].split("-")[1] for reply in replies}) == 2


def test_the_first_invocation_of_a_process_is_a_cold_start_and_counted_once(
    kitchen: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(invocations, "_cold", True)
    for id in ("one", "two", "three"):
        kitchen.inbox(QUEUED, context(id))
    told = lines(capsys.readouterr().out)
    assert list(measured(told)) == [("ColdStarts", 1)]
    assert {line["request_id"]: line.get("cold_start", False) for line in told} == {
        "one": True,
        "two": False,
        "three": False,
    }
