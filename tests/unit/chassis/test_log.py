"""One JSON document a line, each with its trace."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import log

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
XRAY = "1-5759e988-bd862e3fe1be46a994272793"
PARENT = "00f067aa0ba902b7"


@pytest.fixture(autouse=True)
def _no_other_invocation() -> Iterator[None]:
    log.begin({})
    yield
    log.begin({})


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.one_of(st.text(), st.integers(), st.binary(), st.datetimes(), st.builds(object)))
def test_a_line_is_one_json_document_whatever_it_tells(
    capsys: pytest.CaptureFixture[str], message: str, value: object
) -> None:
    log.say(message, value=value)
    raw = capsys.readouterr().out
    assert raw.endswith("\n")
    assert raw.count("\n") == 1
    assert json.loads(raw)["message"] == message


def test_a_text_that_is_no_unicode_does_not_silence_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.fail("broken", ValueError("\ud800"), path="\udcff")
    [line] = lines(capsys)
    assert line["message"] == "broken"


def test_a_fault_is_told_with_its_traceback_on_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("a\nb")
    except ValueError as error:
        log.fail("broken", error, route="/orders")
    [line] = lines(capsys)
    assert (line["level"], line["cause"], line["route"]) == ("error", "ValueError: a\nb", "/orders")
    assert "test_log.py" in line["traceback"]


def test_a_trace_that_was_brought_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    handed_on = log.follow(f"00-{TRACE}-{PARENT}-01")
    version, trace, parent, flags = handed_on.split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert parent != PARENT  # each part of the way has a span of its own
    log.say("here")
    assert [line["trace"] for line in lines(capsys)] == [handed_on]
    assert log.trace() == handed_on


@pytest.mark.parametrize(
    "brought",
    [
        None,
        "",
        "garbage",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01\n",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-{PARENT}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-extra",
    ],
)
def test_a_malformed_trace_is_replaced_by_a_new_one(brought: str | None) -> None:
    trace = log.follow(brought).split("-")[1]
    assert trace not in (TRACE, "0" * 32)
    assert len(trace) == 32


def test_what_is_told_of_an_invocation_stands_in_each_of_its_lines_and_in_no_later_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.begin({"function": "relay", "request_id": "1"})
    log.say("one")
    log.fail("two", ValueError("no"))
    log.begin({"function": "relay", "request_id": "2"})
    log.say("three")
    assert [(line["function"], line["request_id"]) for line in lines(capsys)] == [
        ("relay", "1"),
        ("relay", "1"),
        ("relay", "2"),
    ]


def test_a_field_of_a_line_goes_before_what_is_told_of_the_invocation(capsys: pytest.CaptureFixture[str]) -> None:
    log.begin({"status": "whole"})
    log.say("here", status="own")
    assert [line["status"] for line in lines(capsys)] == ["own"]


def test_an_invocation_goes_on_with_the_trace_that_it_was_called_with() -> None:
    log.begin({}, f"00-{TRACE}-{PARENT}-01")
    assert log.trace().split("-")[1] == TRACE


def test_an_invocation_never_goes_on_with_the_trace_of_the_one_before_it() -> None:
    log.begin({}, f"00-{TRACE}-{PARENT}-01")
    log.begin({})
    assert log.trace().split("-")[1] != TRACE


def test_a_trace_that_begins_here_is_the_one_that_xray_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={XRAY};Parent=53995c3f42cd8ad8;Sampled=1")
    log.begin({})
    log.say("here")
    [line] = lines(capsys)
    assert line["xray"] == XRAY
    assert line["trace"].split("-")[1] == XRAY.removeprefix("1-").replace("-", "")


def test_a_trace_that_was_brought_goes_on_where_xray_has_one_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={XRAY}")
    log.begin({}, f"00-{TRACE}-{PARENT}-01")
    log.say("here")
    [line] = lines(capsys)
    assert (line["xray"], line["trace"].split("-")[1]) == (XRAY, TRACE)


@pytest.mark.parametrize("header", ["", "garbage", "Root=1-5759e988-short", "Root=", "Self=1-5759e988"])
def test_what_is_no_trace_of_xray_is_left_out(
    header: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
    log.begin({})
    log.say("here")
    assert ["xray" in line for line in lines(capsys)] == [False]
