"""How what the parts say is shown."""

from types import SimpleNamespace

import pytest

from chassis import invocations, log
from infra.local.lines import is_routine, readable

HEARD = b'{"at":"2026-01-01T00:00:00Z","level":"info","message":"heard","trace":"00-1-2-01","event":"order/1"}\n'


def test_a_structured_line_is_shown_as_its_message_and_its_fields() -> None:
    assert readable(HEARD) == b"heard event=order/1"


def test_what_all_lines_of_an_invocation_tell_alike_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    monkeypatch.setattr(invocations, "_cold", True)
    invocations.begin("kitchen", SimpleNamespace(aws_request_id="1", function_name="relay"))
    log.say("heard", event="cup/1")
    log.begin({})
    line = capsys.readouterr().out
    assert "cold_start" in line
    assert readable(line.encode()) == b"heard event=cup/1"


def test_a_failure_is_shown_with_its_level_and_its_traceback_below() -> None:
    line = b'{"level":"error","message":"not heard","cause":"KeyError","traceback":"Traceback\\n  line 1"}'
    assert readable(line) == b"ERROR not heard cause=KeyError\n    Traceback\n      line 1"


@pytest.mark.parametrize("line", [b"plain words\n", b"{not json\n", b'{"some": "json"}\n', b"[1]\n", b"\xff\n"])
def test_any_other_line_stays_as_it_is(line: bytes) -> None:
    assert readable(line) == line


@pytest.mark.parametrize("line", [HEARD, b"POST /orders 202 31 ms\n", b"GET /orders/1 404 2 ms"])
def test_what_went_as_it_should_is_routine(line: bytes) -> None:
    assert is_routine(line)


@pytest.mark.parametrize("line", [b"POST /orders 500 31 ms\n", b'{"level":"warning","message":"parked"}', b"words\n"])
def test_what_somebody_should_see_is_no_routine(line: bytes) -> None:
    assert not is_routine(line)
