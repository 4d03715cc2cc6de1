"""`emporium up` as a process of its own, over small Chalice apps that know nothing of any shop."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.infra.runner.calling import PATIENCE, Answer, call, eventually

_ALPHA = """
import os, time
from chalice import Chalice

app = Chalice(app_name="alpha")
VERSION = 1


@app.route("/alpha")
def tell():
    return {"version": VERSION, "pid": os.getpid(), "greeting": os.environ["GREETING"]}


@app.route("/alpha/crash", methods=["POST"])
def crash():
    os._exit(7)


@app.route("/alpha/slow/{name}")
def slow(name):
    print(f"{name} has begun")
    time.sleep(1)
    return {"version": VERSION}
"""

_BETA = """
import os
from chalice import Chalice

app = Chalice(app_name="beta")


@app.route("/beta")
def tell():
    return {"pid": os.getpid(), "endpoint": os.environ["AWS_ENDPOINT_URL"]}


@app.on_sqs_message(queue="beta-inbox")
def inbox(event):
    for record in event:
        print(f"beta got {record.body}")
"""

_BETA_DATA = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String}
Resources:
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {QueueName: beta-inbox}
"""


def write_apps(folder: Path) -> Path:
    """A folder with apps/alpha, apps/beta and templates/."""
    stages = {"local": {"environment_variables": {"GREETING": "hello", "AWS_ENDPOINT_URL": "http://wrong"}}}
    for name, code in (("alpha", _ALPHA), ("beta", _BETA)):
        (folder / "apps" / name / ".chalice").mkdir(parents=True)
        (folder / "apps" / name / "app.py").write_text(code)
        config = {"version": "2.0", "app_name": name, "stages": stages}
        (folder / "apps" / name / ".chalice" / "config.json").write_text(json.dumps(config))
    (folder / "templates").mkdir()
    (folder / "templates" / "beta-data.yaml").write_text(_BETA_DATA)
    return folder


def up_arguments(folder: Path | None, *flags: str) -> list[str]:
    """For the apps of a folder, or for the project's own."""
    places = ["--apps", str(folder / "apps"), "--templates", str(folder / "templates")] if folder else []
    return ["up", *places, *flags]


class Stack:
    """A running `emporium up` on free ports; what it says is kept in `lines`."""

    def __init__(self, folder: Path | None, *flags: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.lines: list[str] = []
        arguments = up_arguments(folder, "--port", "0", "--cloud-port", "0", *flags)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.cli", *arguments],
            env=os.environ | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip("\n"))

    def until_said(self, text: str, after: int = 0, seconds: float = PATIENCE) -> str:
        """Waits for a line that holds the text, from the given one on."""
        return eventually(lambda: next((line for line in self.lines[after:] if text in line), ""), seconds)

    def until_up(self) -> "Stack":
        self.until_said("emporium is up", seconds=3 * PATIENCE)  # a loaded machine starts five processes slowly
        self.until_said("  cloud ")
        return self

    def address(self, name: str) -> str:
        row = self.until_said(f"  {name} ")
        return next(word for word in row.split() if word.startswith("http://"))

    def port(self, name: str) -> int:
        return int(self.address(name).rpartition(":")[2])

    def get(self, path: str) -> Answer:
        return call(self.port("front door"), "GET", path)

    def post(self, path: str) -> Answer:
        headers = {"Content-Type": "application/json"}
        return call(self.port("front door"), "POST", path, b"{}", headers)

    def part(self, name: str) -> Any:
        return self.get("/health").json()["parts"][name]

    def edit(self, name: str, old: str, new: str) -> None:
        assert self.folder is not None
        assert self.folder is not None
        file = self.folder / "apps" / name / "app.py"
        file.write_text(file.read_text().replace(old, new))

    def children(self) -> list[int]:
        return children_of(self.process.pid)

    def end(self, number: int = signal.SIGINT) -> int:
        """Sends the signal, unless it has ended, and gives the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status


def family_of(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for each in found:
        found += children_of(each)
    return found


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(own) for own, parent in rows if int(parent) == pid]


def is_running(pid: int) -> bool:
    """Whether the process is there; one that has ended and was not yet waited for is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def command_line(pid: int) -> str:
    return subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout
