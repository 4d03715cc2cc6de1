"""Carries out a plan: starts the parts in order, brings back what crashes, and leaves no process behind.

Everything that happens (a signal, an exit, a change of code) is an event in one queue. The main thread
answers to them in turn: it alone changes the state of the parts.
"""

import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from infra.local.assignment import BROKEN
from infra.local.front_door import HEALTH, FrontDoor
from infra.local.overview import Row, answers, health, owner, shared_prefixes, table
from infra.local.part import Part, State
from infra.local.plan import Plan, assignment, worker_command
from infra.local.processes import Child, Output
from infra.local.shutdown import shut_down
from infra.local.web.server import Server

if TYPE_CHECKING:
    from infra.local.stacks import Overlay

WhenUp = Callable[[str], Sequence[Row]]
Event = Callable[[], int | None]  # what is to be done; an exit status ends the run

_FRONT_DOOR = "front door"
_DEAF_SECONDS = 1.0  # at most, to a signal
_HANGING_SECONDS = 12.0  # a little above what a worker gives its own requests and batches


class Supervisor:
    def __init__(
        self, plan: Plan, listener: socket.socket, when_up: WhenUp | None = None, *, verbose: bool = False
    ) -> None:
        """`listener` is bound to the front door's port.

        `when_up` is called with the front door's address, once, when every app is up and before that is said; what it
        gives is told with the addresses, and what it raises ends the run.
        """
        self._plan, self._when_up = plan, when_up
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._ending = self._hurried = False
        self._started = time.monotonic()
        names = [app.name for app in plan.apps]
        self._say = Output(max(map(len, [*names, _FRONT_DOOR])), self._on_closed_output, verbose=verbose)
        self._parts = {app.name: Part(app) for app in plan.apps}
        self._overlays: dict[str, Overlay] | None = None
        self._cloud: Child | None = None
        self._more: Sequence[Row] = ()
        self._announced = self._completing = self._completed = False
        self._door = FrontDoor(lambda segment: owner(self._parts.values(), segment), self._health)
        self._front = Server(listener, self._door, self._log_own_answers)
        self._url = f"http://127.0.0.1:{self._front.port}"

    def run(self) -> int:
        """Until a signal or a failure that nothing mends; gives the exit status, with every process gone."""
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, self._on_signal)
        try:
            self._start()
            while (status := self._next()()) is None:
                pass
            return status
        finally:
            self._ending = True
            workers = [part.child for part in self._parts.values() if part.child]
            shut_down(self._front, self._door, workers, self._cloud, lambda: self._hurried)
            self._say.line("emporium has stopped")

    def _next(self) -> Event:
        """What happened next. A signal that came to another thread does not wake this one, which alone hears it."""
        while True:
            try:
                return self._events.get(timeout=_DEAF_SECONDS)
            except Empty:
                continue

    # --- start

    def _start(self) -> None:
        self._front.start()
        if self._plan.cloud.command is None:
            self._say.line(f"waiting for the cloud at {self._plan.cloud.endpoint}")
        else:
            command = self._plan.cloud.command
            self._cloud = self._spawn("cloud", lambda _: command, self._on_cloud_exit)
        for part in self._parts.values():
            self._launch(part)
        threading.Thread(target=self._prepare, daemon=True).start()

    def _spawn(
        self,
        name: str,
        command: Callable[[int], tuple[str, ...]],
        on_exit: Callable[[Child], int | None],
        on_ready: Callable[[Child, bytes], int | None] = lambda *_: None,
    ) -> Child:
        return Child(
            name,
            command,
            self._plan.environment,
            self._say.part,
            on_ready=lambda child, line: self._events.put(lambda: on_ready(child, line)),
            on_exit=lambda child: self._events.put(lambda: on_exit(child)),
        )

    def _launch(self, part: Part) -> None:
        """Starts the app's process, which imports what it needs while the cloud is still made ready."""
        part.turn(State.STARTING)
        part.child = self._spawn(part.name, worker_command, self._on_worker_exit, self._on_worker_ready)
        if self._overlays is not None:
            self._assign(part)

    def _assign(self, part: Part) -> None:
        overlay = (self._overlays or {}).get(part.name)
        if part.child:
            part.child.give(assignment(self._plan, part.app, part.port, overlay).line())

    def _prepare(self) -> None:
        """In a thread, for it takes a while and a signal must be heard."""
        try:
            # Slow to import: the children are on their way meanwhile.
            from infra.local.preparation import prepare

            overlays = prepare(self._plan)
        except Exception as error:
            reason = str(error) or type(error).__name__
            self._events.put(lambda: self._fail(reason))
        else:
            self._events.put(lambda: self._on_prepared(overlays))

    def _on_prepared(self, overlays: "dict[str, Overlay]") -> None:
        self._overlays = overlays
        for part in self._parts.values():
            self._assign(part)
        if self._plan.reload:
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        from infra.local.reload import watch

        watch(self._plan.apps, lambda names: self._events.put(lambda: self._on_changed(names)))

    # --- what happens

    def _on_worker_ready(self, child: Child, line: bytes) -> None:
        part = self._parts[child.name]
        if part.child is not child or part.state is not State.STARTING:
            return
        told = json.loads(line)
        part.port, part.routes = told["port"], told["routes"]
        part.turn(State.UP)
        for warning in shared_prefixes([*self._parts.values()], part):
            self._say.line(f"emporium: {warning}")
        if self._announced:
            self._say.line(f"{part.name} is up")
        self._advance()

    def _on_worker_exit(self, child: Child) -> int | None:
        part = self._parts[child.name]
        if part.child is not child:
            return None
        if part.state is State.RELOADING:
            self._launch(part)
        elif child.status == BROKEN and self._plan.reload:
            part.turn(State.BROKEN)
            self._say.line(f"{part.name} can not be loaded: it is down until its code changes")
            self._advance()
        elif child.status == BROKEN and not self._announced:
            return self._fail(f"{part.name} can not be loaded")
        else:
            self._bring_back(part, child.status)
        return None

    def _bring_back(self, part: Part, status: int | None) -> None:
        wait = part.next_wait()
        part.turn(State.DOWN)
        part.restarts += 1
        self._say.line(f"{part.name} ended ({_in_words(status)}); it is started again in {wait:g} s")
        self._later(wait, lambda: self._relaunch(part))

    def _later(self, seconds: float, event: Event) -> None:
        timer = threading.Timer(seconds, self._events.put, [event])
        timer.daemon = True
        timer.start()

    def _relaunch(self, part: Part) -> None:
        if part.state is State.DOWN:
            self._launch(part)

    def _on_changed(self, names: frozenset[str]) -> None:
        for part in (self._parts[name] for name in sorted(names)):
            self._say.line(f"{part.name} has changed: it is started again")
            if part.state in (State.BROKEN, State.DOWN):
                self._launch(part)
            elif part.child:
                part.turn(State.RELOADING)
                part.child.terminate()
                self._later(_HANGING_SECONDS, part.child.kill)

    def _on_cloud_exit(self, child: Child) -> int:
        lost = "" if self._plan.cloud.kept else ", and what it held is gone"
        return self._fail(f"the cloud ended ({_in_words(child.status)}){lost}")

    def _fail(self, reason: str) -> int:
        self._say.line(f"emporium: {reason}")
        return 1

    def _on_signal(self, *_: Any) -> None:
        """Runs between any two instructions of the main thread: it must not wait for anything."""
        self._hurried = self._ending
        self._ending = True
        self._events.put(lambda: 0)

    def _on_closed_output(self) -> None:
        self._events.put(lambda: 0)

    # --- the front door

    def _advance(self) -> None:
        """Completes the start once all apps are up; if one can not be loaded, tells when the rest is."""
        settled = all(part.state in (State.UP, State.BROKEN) for part in self._parts.values())
        if self._all_up() and not self._completing:
            self._completing = True
            threading.Thread(target=self._complete, daemon=True).start()
        elif settled and not self._announced and not self._completing:
            self._announce()

    def _complete(self) -> None:
        try:
            if self._when_up:
                self._say.quiet = True
                self._more = self._when_up(self._url)
                self._say.quiet = False
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            self._events.put(lambda: self._fail(reason))
        else:
            self._completed = True
            self._events.put(self._announce)

    def _all_up(self) -> bool:
        return all(part.up for part in self._parts.values())

    def _announce(self) -> None:
        self._announced = True
        seconds = time.monotonic() - self._started
        self._say.line(f"emporium is up ({seconds:.1f} s). Ctrl-C stops it.")
        for line in table([*self._parts.values()], self._plan.cloud, self._url, self._more):
            self._say.line(line)

    def _health(self) -> tuple[bool, dict[str, Any]]:
        reached = self._plan.cloud.command is not None or answers(self._plan.cloud.endpoint)
        healthy = self._completed and self._all_up() and reached
        state = "up" if healthy else "degraded" if self._announced else "starting"
        return healthy, health(self._parts.values(), self._plan.cloud, self._url, state, reached=reached)

    def _log_own_answers(self, method: str, path: str, status: int, seconds: float) -> None:
        """Only what is refused here: the apps' gateways log the rest."""
        if method == "-" or (status >= 500 and path != HEALTH):
            self._say.part(_FRONT_DOOR, f"{method} {path} {status}".encode())


def _in_words(status: int | None) -> str:
    return f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
