"""Who goes on next, and what time it is: one thread, a greenlet for each task, and chance from one seed.

A task runs until it calls `point`, `sleep` or `wait_for`; then any other may go on. The clock moves a little with each
step, and jumps when nobody can do anything before a later time.
"""

import hashlib
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]  # ships no types

STEP = 0.02  # seconds, at most, from one step to the next
NEVER = math.inf


class Stuck(Exception):
    """The tasks did not come to rest within the steps that they had."""


@dataclass(eq=False)
class Task:
    """Something that goes on by itself; in seconds, `wake` is when it can, `skew` how wrong its clock is, and `ends`
    when it is killed.
    """

    name: str
    run: greenlet
    wake: float = 0.0
    skew: float = 0.0
    ends: float = NEVER
    done: bool = False
    life: tuple[str, int] | None = None  # of the capability whose function it runs
    waited_by: "Task | None" = field(default=None, repr=False)


class Scheduler:
    """Runs tasks in an order that hangs on the seed alone, and keeps a hash of all that happened."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"schedule/{seed}")
        self.now = 0.0
        self.steps = 0
        self.tasks: list[Task] = []
        self._hub = getcurrent()
        self._running: Task | None = None
        self._stopped = False
        self._trace = hashlib.blake2b(digest_size=16)

    @property
    def trace(self) -> str:
        return self._trace.hexdigest()

    @property
    def current(self) -> Task:
        if self._stopped:  # what still wants to tidy up does not
            raise GreenletExit
        assert self._running is not None, "asked for outside any task"
        return self._running

    @property
    def skew(self) -> float:
        return self._running.skew if self._running else 0.0

    def tell(self, *what: object) -> None:
        """Makes it a part of the trace."""
        self._trace.update("\x1f".join(map(str, what)).encode() + b"\n")

    def spawn(self, name: str, run: Callable[[], object], *, delay: float = 0.0, skew: float = 0.0) -> Task:
        """A new task, which begins when its turn comes."""
        task = Task(name, greenlet(run, self._hub), self.now + delay, skew)
        self.tasks.append(task)
        return task

    def point(self, label: str) -> None:
        """Lets others go on before the task that calls it does."""
        self.tell(self.steps, self.current.name, label)
        self.sleep(0.0)

    def sleep(self, seconds: float) -> None:
        """Goes on at a later time; NEVER waits until somebody sets the task's `wake`."""
        self.current.wake = self.now + seconds
        self._hub.switch()

    def wait_for(self, task: Task, seconds: float) -> bool:
        """Whether another task was done within the time; waits for it as long."""
        if not task.done:
            task.waited_by = self.current
            self.sleep(seconds)
            task.waited_by = None
        return task.done

    def run(self, until: Callable[[], bool], steps: int) -> None:
        """Lets tasks go on until the condition holds; raises Stuck where it takes more steps than that."""
        last = self.steps + steps
        while not until():
            if self.steps >= last:
                raise Stuck(f"not at rest after {steps} steps, at {self.now:.0f} s: {self._under_way()}")
            self._step()

    def stop(self) -> None:
        """Ends all tasks where they are."""
        self._stopped = True
        for task in self.tasks:
            task.run.throw()
        self.tasks.clear()

    def _step(self) -> None:
        self.steps += 1
        self.now += self.chance.random() * STEP
        ready = [task for task in self.tasks if task.wake <= self.now]
        if not ready:
            first = min((task.wake for task in self.tasks), default=NEVER)
            if first == NEVER:
                raise Stuck(f"nobody can go on at {self.now:.0f} s: {self._under_way()}")
            self.now = first
            ready = [task for task in self.tasks if task.wake <= first]
        task = ready[int(self.chance.random() * len(ready))]
        self._running = task
        task.run.switch()
        self._running = None
        if task.run.dead:
            self._finish(task)

    def _finish(self, task: Task) -> None:
        task.done = True
        self.tasks.remove(task)
        if task.waited_by:
            task.waited_by.wake = self.now

    def _under_way(self) -> str:
        return ", ".join(sorted(f"{task.name} ({task.wake - self.now:.0f} s)" for task in self.tasks)[:20])
