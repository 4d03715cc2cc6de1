"""One JSON document a line, each with its trace."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import log

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


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
