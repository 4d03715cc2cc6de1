"""One app as the supervisor sees it: its state, and what became of its process."""

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from infra.local.apps import App
from infra.local.processes import Child

_SHORTEST_WAIT = 0.2
_LONGEST_WAIT = 5.0
_HEALTHY_SECONDS = 10.0  # up for so long, a crash is a new one and not the same again


class State(StrEnum):
    STARTING = "starting"
    UP = "up"
    RELOADING = "reloading"  # on its way out, to come back with the code as it is now
    DOWN = "down"  # crashed, and waits a moment before it is started again
    BROKEN = "broken"  # can not be loaded: only a change of its code brings it back


@dataclass
class Part:
    app: App
    state: State = State.STARTING
    port: int = 0
    routes: list[str] = field(default_factory=list)
    child: Child | None = None
    restarts: int = 0
    wait: float = _SHORTEST_WAIT
    since: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self.port = self.app.port
        self.routes = [self.app.name]  # until it has told its own

    @property
    def name(self) -> str:
        return self.app.name

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def up(self) -> bool:
        return self.state is State.UP

    def turn(self, state: State) -> None:
        self.state, self.since = state, time.time()

    def next_wait(self) -> float:
        """Seconds to wait after a crash, twice as long each time until it has stayed up for a while."""
        if self.up and time.time() - self.since > _HEALTHY_SECONDS:
            self.wait = _SHORTEST_WAIT
        now, self.wait = self.wait, min(self.wait * 2, _LONGEST_WAIT)
        return now

    def describe(self) -> dict[str, Any]:
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.since))
        pid = self.child.pid if self.child else None
        return {"state": str(self.state), "url": self.url, "since": since, "restarts": self.restarts, "pid": pid}
