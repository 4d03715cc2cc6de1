"""Versions of the shop, each a process over its own sources, that work on one cloud."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from infra.apps_in_process import ROOT
from infra.local.clients import Clients
from infra.local.stacks import apply, overlay
from tests.compatibility import released
from tests.compatibility.moments import BEGIN
from tests.infra.moto.running import PATIENCE_SECONDS, a_cloud
from tests.infra.stacks.project import STACKS

SERVED = Path(__file__).with_name("served.py")
STAGE = {"Stage": "test"}
EXPECTED = {"token refused", "denied"}  # requests are judged by their answers
# What the last release does not listen to: it lets it go, and loses nothing that it would need.
UNHEARD = {"emporium.customers.CustomerRevised.v1"}
_MACHINE = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_SECRET_ACCESS_KEY": "test",
    "PATH": os.defpath,
}
# Nobody waits for an answer that is to be late, and the limit of orders is within reach of a short life.
_HERE = {"CUSTOMERS_LEAST_ANSWER_MS": "0", "ORDERS_PLACING_LIMIT": "4/60"}


class WentWrong(AssertionError):
    """A version did not do what was asked of it; the message says which one, what, and what it told of that."""


@dataclass(frozen=True)
class Asked:
    """An event, and which handler of which capability is to have it."""

    app: str
    handler: str
    event: Any
    now: datetime


@dataclass(frozen=True)
class Told:
    """What a handler answered, or the traceback of how it failed, and the lines that it logged."""

    said: list[str]
    answer: Any = None
    fault: str = ""

    @property
    def wrong(self) -> str:
        """Why it can not be taken as done, if so: whatever was answered, what a version complains of went wrong."""
        complaints = [line for line in map(json.loads, self.said) if line["level"] != "info"]
        causes = [str(line.get("traceback") or line) for line in complaints if not _is_expected(line)]
        failed = self.answer.get("batchItemFailures") if isinstance(self.answer, dict) else None
        return "\n".join(filter(None, [self.fault, *causes])) or (f"not done: {failed}" if failed else "")


def _is_expected(line: Mapping[str, Any]) -> bool:
    unheard = line["message"] == "nobody here listens to this" and line["type"] in UNHEARD
    return line["message"] in EXPECTED or unheard


class Version:
    """Sources that run; `environment` is what their own overlays say."""

    def __init__(self, name: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.name, self.folder = name, folder
        command = [sys.executable, "-P", str(SERVED), str(folder)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_MACHINE | dict(environment))
        self._places: list[str] = []

    @property
    def places(self) -> list[str]:
        """Where its code is from; waits until it has started."""
        self._places = self._places or self._read()
        return self._places

    def begin(self, asked: Asked) -> None:
        """Asks, and does not wait: another version may be asked at the same time."""
        assert self.places
        assert self._process.stdin
        sent = {"app": asked.app, "handler": asked.handler, "event": asked.event, "now": asked.now.isoformat()}
        self._process.stdin.write(json.dumps(sent) + "\n")
        self._process.stdin.flush()

    def end(self) -> Told:
        """Waits for what becomes of what was begun."""
        return Told(**self._read())

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise WentWrong(f"{self.name} ended")
        return json.loads(line)


@dataclass(frozen=True)
class Stage:
    """A cloud with the shop's tables, topics and queues, as the templates of now make them."""

    endpoint: str
    clients: Clients
    exports: Mapping[str, str]
    places: dict[str, str] = field(default_factory=dict)
    # Each life is later than the one before: what a version remembers for a while is of another time.
    begins: Iterator[datetime] = field(default_factory=lambda: (BEGIN + timedelta(days=30 * n) for n in count()))

    @contextmanager
    def running(self, name: str, folder: Path) -> Iterator[Version]:
        """The version whose sources are in the folder, by a name for messages."""
        version = Version(name, folder, self.settings(folder))
        try:
            yield version
        finally:
            version.close()

    def settings(self, folder: Path) -> dict[str, str]:
        """What the overlays of these sources say to their functions, which share a process here."""
        found = {"AWS_ENDPOINT_URL": self.endpoint}
        for path in sorted(folder.glob("infra/templates/*-app.yaml")):
            found |= overlay(path, self.exports, STAGE).environment
            found[f"{path.name.removesuffix('-app.yaml').upper()}_CURSOR_KEY"] = "test"
        if "IDENTITY_ISSUER" not in found:
            raise WentWrong(f"{folder}: no overlay in infra/templates there tells the IDENTITY_ISSUER")
        pool = found["IDENTITY_ISSUER"].rpartition("/")[2]
        return found | _HERE | {"IDENTITY_JWKS_URL": f"{self.endpoint}/{pool}/.well-known/jwks.json"}

    def tell_issuer(self, set_env: Callable[[str, str], None]) -> None:
        """For the tokens that callers show: whose they are."""
        for name, value in self.settings(ROOT).items():
            if name in ("IDENTITY_ISSUER", "IDENTITY_CLIENT_IDS"):
                set_env(name, value)


@contextmanager
def a_stage() -> Iterator[Stage]:
    with a_cloud() as endpoint:
        clients = Clients(endpoint)
        yield Stage(endpoint, clients, apply(STACKS, STAGE, clients))


def unpacked(folder: Path) -> Path:
    """The sources of the last release."""
    with zipfile.ZipFile(released.CODE) as packed:
        packed.extractall(folder)
    return folder
