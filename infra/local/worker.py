"""One app's process: its gateway and its event sources, over the assignment that comes as a line on stdin.

The supervisor's end of stdin stays open for as long as it lives. When that closes, this process leaves at
once, so that none outlives a supervisor that was killed.
"""

import argparse
import gc
import importlib
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from chalice.app import Chalice
from chalice.config import Config

from infra.local import routes, sources
from infra.local.assignment import BROKEN, Assignment, from_line
from infra.local.authorizers import unverified
from infra.local.clients import Clients
from infra.local.gateway import Gateway, lambda_context
from infra.local.web.server import Server, bind

_CRASHED = 1
_DRAIN_SECONDS = 10.0


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m infra.local.worker", description=__doc__)
    arguments.add_argument("--ready-fd", type=int, required=True, help="tells port and routes there")
    ready = os.fdopen(arguments.parse_args().ready_fd, "w")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream, as at every start
    logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s")
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_leave_with_the_supervisor, daemon=True).start()
    if not line:
        return 0
    return run(from_line(line), lambda told: print(json.dumps(told), file=ready, flush=True))


def run(assignment: Assignment, tell: Callable[[dict[str, Any]], None]) -> int:
    """Serves until SIGTERM (0) or until an event source crashes (1); BROKEN if the app can not be loaded."""
    try:
        app, config = load(Path(assignment.folder), assignment.stage, assignment.environment)
        mappings = sources.of_app(app, assignment.events)
    except BaseException:
        traceback.print_exc()
        return BROKEN
    # A signal's handler may put into a SimpleQueue; setting an Event could wait for its own thread for ever.
    ending: SimpleQueue[int] = SimpleQueue()
    feeds = Sources(app, config, assignment, ending)
    health = {"state": "up", "routes": routes.prefixes(app.routes)}
    gateway = Gateway(app, config, lambda: health | {"sources": feeds.states()})
    server = Server(bind(assignment.port), gateway, feeds.log)
    signal.signal(signal.SIGTERM, lambda *_: ending.put(0))
    for line in unverified(app):
        print(line)
    gc.freeze()  # what was imported stays: no need to look through it for garbage again and again
    gc.set_threshold(10_000, 20, 50)
    server.start()
    feeds.start(mappings)
    tell({"port": server.port, "routes": health["routes"]})
    status = ending.get()
    deadline = time.monotonic() + _DRAIN_SECONDS
    server.close()
    feeds.stop.set()
    server.drained(_DRAIN_SECONDS)
    feeds.join(deadline)
    return status


def load(folder: Path, stage: str, environment: dict[str, str]) -> tuple[Chalice, Config]:
    """The app of a folder as Lambda would import it.

    `environment` goes over what config.json says for the stage, and the local cloud's own AWS_* over both.
    """
    config = Config(
        chalice_stage=stage,
        config_from_disk=json.loads((folder / ".chalice" / "config.json").read_text()),
        default_params={"project_dir": str(folder), "api_gateway_stage": "api"},
    )
    os.chdir(folder)
    # On Lambda vendor/ is laid over the app's folder; both go before whatever else can be imported here.
    sys.path[:0] = [str(folder), str(folder / "vendor")]
    cloud = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    os.environ.update(_environment(config) | environment | cloud)
    app: Chalice = importlib.import_module("app").app
    return app, config


def _environment(config: Config) -> dict[str, str]:
    """The stage's variables, and what its functions add: one process runs them all."""
    stage = config.config_from_disk.get("stages", {}).get(config.chalice_stage, {})
    scopes = [config.scope(config.chalice_stage, name) for name in stage.get("lambda_functions", {})]
    merged: dict[str, str] = {}
    for scope in [*scopes, config]:
        merged |= scope.environment_variables
    return merged


class Sources:
    """The threads that feed the app's handlers; any of them that crashes stops the worker."""

    def __init__(
        self,
        app: Chalice,
        config: Config,
        assignment: Assignment,
        ending: SimpleQueue[int],
        feed: Callable[..., None] = sources.run,
    ) -> None:
        self.stop = threading.Event()
        self._ending, self._feed = ending, feed
        self._activity = sources.Activity()
        self._clients = Clients(assignment.endpoint)
        self._app, self._config, self._assignment = app, config, assignment
        self._threads: dict[str, threading.Thread] = {}

    def start(self, mappings: list[sources.Mapping]) -> None:
        for mapping in mappings:
            thread = threading.Thread(target=self._run, args=(mapping,), daemon=True)
            self._threads[f"{mapping.handler} ({type(mapping).__name__})"] = thread
            thread.start()

    def join(self, deadline: float) -> None:
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def log(self, method: str, path: str, status: int, seconds: float) -> None:
        """The server's access log, which also wakes the streams: a request may have written to a table."""
        self._activity.touch()
        # One write, line feed included: print makes two, between which another thread's line may come.
        sys.stdout.write(f"{method} {path} {status} {seconds * 1000:.0f} ms\n")

    def states(self) -> dict[str, str]:
        return {name: "up" if thread.is_alive() else "down" for name, thread in self._threads.items()}

    def _run(self, mapping: sources.Mapping) -> None:
        checkpoints = Path(self._assignment.checkpoints)
        invoke = self._invoke(mapping.handler)
        try:
            self._feed(mapping, invoke, self._clients, self.stop, checkpoints, self._activity)
        except Exception:
            traceback.print_exc()
        if not self.stop.is_set():
            print(f"the event source of {mapping.handler} ended: the worker stops")
            self._ending.put(_CRASHED)

    def _invoke(self, name: str) -> Callable[[dict[str, Any]], Any]:
        handler = self._app.handler_map[name]
        scope = self._config.scope(self._assignment.stage, name)

        def invoke(event: dict[str, Any]) -> Any:
            answer = handler(event, lambda_context(scope))
            json.dumps(answer)  # Lambda sends it as JSON: what can not be is a failed invocation
            return answer

        return invoke


def _leave_with_the_supervisor() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # Not sys.exit: it would wait for an invocation that hangs.
    os._exit(status)
