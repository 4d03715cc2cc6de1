"""How a worker loads an app, and what it does when an event source of the app crashes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from chalice.app import Chalice
from chalice.config import Config

from infra.local.assignment import BROKEN, Assignment
from infra.local.plan import child_environment
from infra.local.sources import ScheduleMapping
from infra.local.worker import Sources
from tests.infra.runner.calling import PATIENCE

_ASSIGNMENT = Assignment("/", "local", 0, "http://127.0.0.1:1", "/")


def _app() -> Chalice:
    app = Chalice(app_name="sample")

    @app.schedule("rate(1 minute)")
    def tick(event: Any) -> Any:
        return {"at": event.time}

    return app


def _sources(ending: "SimpleQueue[int]", feed: Any) -> Sources:
    sources = Sources(_app(), Config(config_from_disk={"app_name": "sample"}), _ASSIGNMENT, ending, feed)
    sources.start([ScheduleMapping("tick", "rate(1 minute)")])
    return sources


def test_an_event_source_that_crashes_ends_the_worker_with_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def crash(*_: Any) -> None:
        raise RuntimeError("the queue is on fire")

    ending: SimpleQueue[int] = SimpleQueue()
    _sources(ending, crash)
    assert ending.get(timeout=PATIENCE) == 1
    assert "the queue is on fire" in capsys.readouterr().err


def test_an_event_source_calls_its_handler_as_lambda_does() -> None:
    answers: SimpleQueue[Any] = SimpleQueue()
    event = dict.fromkeys(["version", "account", "region", "detail", "detail-type", "source", "resources", "id"])

    def feed(mapping: Any, invoke: Any, *_: Any) -> None:
        answers.put(invoke(event | {"time": "noon"}))

    _sources(SimpleQueue(), feed)
    assert answers.get(timeout=PATIENCE) == {"at": "noon"}


def _work(folder: Path, config: dict[str, Any], code: str, environment: dict[str, str]) -> tuple[int, str]:
    """Runs a worker over an app whose import prints and ends it; gives its exit status and what it said."""
    (folder / ".chalice").mkdir(parents=True)
    (folder / ".chalice" / "config.json").write_text(json.dumps(config))
    (folder / "vendor").mkdir()
    (folder / "vendor" / "shared.py").write_text("WHERE = 'vendored'")
    (folder / "app.py").write_text(code)
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing):
        worker = subprocess.Popen(
            [sys.executable, "-m", "infra.local.worker", "--ready-fd", str(writing)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(writing,),
            env=child_environment(os.environ, "http://cloud"),
        )
    assert worker.stdin is not None
    assert worker.stdout is not None
    with worker, worker.stdin, worker.stdout:
        worker.stdin.write(Assignment(str(folder), "local", 0, "http://e", "/", environment).line())
        worker.stdin.flush()
        said = worker.stdout.read().decode()  # its stdin stays open meanwhile, as under a supervisor
    return worker.returncode, said


def test_an_app_finds_its_stages_variables_and_those_of_the_local_cloud_go_first(tmp_path: Path) -> None:
    functions = {"inbox": {"environment_variables": {"A": "function", "D": "function"}}}
    stage = {"environment_variables": {"A": "stage", "B": "stage", "AWS_ENDPOINT_URL": "http://stage"}}
    config = {
        "app_name": "sample",
        "environment_variables": {"A": "all", "C": "all"},
        "stages": {"local": stage | {"lambda_functions": functions}},
    }
    code = """
import os, json, shared
print(json.dumps({k: os.environ[k] for k in ("A", "B", "C", "D", "AWS_ENDPOINT_URL")}))
print(shared.WHERE, os.getcwd())
raise SystemExit
"""
    status, said = _work(tmp_path / "sample", config, code, {"B": "overlay"})
    first, second, *_ = said.splitlines()
    assert json.loads(first) == {
        "A": "stage",
        "B": "overlay",
        "C": "all",
        "D": "function",
        "AWS_ENDPOINT_URL": "http://cloud",
    }
    assert second == f"vendored {(tmp_path / 'sample').resolve()}"
    assert status == BROKEN


def test_an_app_that_can_not_be_loaded_shows_why(tmp_path: Path) -> None:
    status, said = _work(tmp_path / "sample", {"app_name": "sample"}, "1/0", {})
    assert status == BROKEN
    assert "ZeroDivisionError" in said
