"""The whole simulated world: the unmodified apps, the cloud in memory, the clock, chance and faults of one seed."""

import io
import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

from chassis import aws, clock
from infra.apps_in_process import load_apps
from tests.shop import forget_sign_outs
from tests.simulation.clients import Client
from tests.simulation.cloud.dynamodb import Change, DynamoDB
from tests.simulation.cloud.sns import SNS, Subscription
from tests.simulation.cloud.sqs import SQS, Queue
from tests.simulation.facts import due
from tests.simulation.faults import Faults
from tests.simulation.scheduler import Scheduler, Task
from tests.simulation.topology import Part, parts

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SKEW = 600.0  # seconds that a clock may be wrong, either way
DELAY = 0.2  # seconds, mostly, from topic to queue
LATE = 600.0


@dataclass(frozen=True)
class Violation:
    """A rule that did not hold, and what was seen."""

    rule: str
    seen: str


@dataclass
class Outage:
    """A way that was shut from `since` until `until` (seconds): a stream, a subscription or an inbox."""

    way: str
    since: float
    until: float


class Quiet(io.TextIOBase):
    """Where logs go."""

    def write(self, text: str) -> int:
        return len(text)


@dataclass
class World:
    """All that one seed is about."""

    seed: int
    scheduler: Scheduler = field(init=False)
    faults: Faults = field(init=False)
    dynamodb: DynamoDB = field(init=False)
    sns: SNS = field(init=False)
    sqs: SQS = field(init=False)
    apps: dict[str, ModuleType] = field(default_factory=load_apps)
    inboxes: dict[str, Queue] = field(default_factory=dict)
    pokes: dict[str, list[Task]] = field(default_factory=dict)  # by table or queue: who is to look at once
    places: dict[tuple[str, int], int] = field(default_factory=dict)  # how far each shard of a stream was told
    told: dict[str, set[str]] = field(default_factory=dict)  # by event: the queues that are to hear it
    heard: set[tuple[str, str]] = field(default_factory=set)  # (queue, event)
    lost: set[str] = field(default_factory=set)  # events that their stream no longer had when it was on again
    aged: set[str] = field(default_factory=set)  # events set aside by a mapping, for their records were too old
    outages: list[Outage] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)  # customers of whom it was acknowledged that they are
    busy: int = 0  # functions that run
    calls: int = 0
    violations: list[Violation] = field(default_factory=list)
    watch: Callable[[list[Change]], None] = lambda changes: None

    def __post_init__(self) -> None:
        self.scheduler, self.faults = Scheduler(self.seed), Faults(self.seed)
        self.chance = random.Random(f"world/{self.seed}")
        self.dynamodb = DynamoDB(lambda: self.scheduler.now)
        self.sns, self.sqs = SNS(), SQS(lambda: self.scheduler.now)
        for part in parts():
            self._build(part)
        for part in parts():
            for teller, types in part.hears.items():
                self.sns.subscribe(topic(teller), self.inboxes[part.name], types)
        self.sns.deliver = self._deliver
        self.dynamodb.written = self._written

    def _build(self, part: Part) -> None:
        self.dynamodb.add(part.name, part.indexes)
        self.sns.add(topic(part.name))
        self.sqs.add(f"{part.name}-relay-dlq")
        if part.hears:
            dead = self.sqs.add(f"{part.name}-inbox-dlq")
            self.inboxes[part.name] = self.sqs.add(f"{part.name}-inbox", dead, part.visibility, part.receives)

    def violate(self, rule: str, seen: object) -> None:
        self.violations.append(Violation(rule, str(seen)))

    def is_off(self, way: str) -> bool:
        """Whether an outage shuts the way now."""
        now = self.scheduler.now
        return any(each.way == way and each.since <= now < each.until for each in self.outages)

    def poke(self, what: str) -> None:
        """Whoever watches that table or queue looks at it."""
        for task in self.pokes.get(what, ()):
            task.wake = min(task.wake, self.scheduler.now)

    def run_function(self, name: str, function: Callable[[dict[str, Any], Any], Any], event: dict[str, Any]) -> Any:
        """What a function answers, run to its end in the task that calls this; raises Crash, or what it raises."""
        task = self.scheduler.current
        if self.faults.hits("clock wrong by minutes"):
            task.skew = self.faults.chance.uniform(-SKEW, SKEW)
        self.busy += 1
        try:
            return function(event, self.context(name))
        finally:
            self.busy -= 1
            task.skew = 0.0

    def context(self, name: str) -> Any:
        """What Lambda tells a function of its invocation."""
        return context(self.chance, name)

    def _count(self) -> None:
        self.calls += 1

    def _written(self, changes: list[Change]) -> None:
        for change in changes:
            self._expect(change)
        self.watch(changes)
        self.poke(changes[0].table)

    def _expect(self, change: Change) -> None:
        """What a change is to tell has to be heard by everyone whose filter has it."""
        for event in due(change):
            type = f"emporium.{change.table}.{event.rpartition('/')[2]}.v1"
            self.told[event] = {each.queue.name for each in self.sns.topics[topic(change.table)] if type in each.types}

    def _deliver(self, to: Subscription, body: str) -> None:
        faults, way = self.faults, f"{to.topic}>{to.queue.name}"
        shut = [each.until for each in self.outages if each.way == way and each.until > self.scheduler.now]
        if faults.hits("subscription refused, set aside") and to.queue.dead:
            to.queue.dead.put(body, attributes={"cause": "refused"})
            return
        for _ in range(2 if faults.hits("delivered twice") else 1):
            late = faults.chance.uniform(0, LATE) if faults.hits("delivered late") else 0.0
            down = max([*shut, self.scheduler.now]) - self.scheduler.now if self.is_off(way) else 0.0
            to.queue.put(body, down + late + self.chance.uniform(0, DELAY))
        self.poke(to.queue.name)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Within, the process's clock, chance, clients and settings are this world's."""
        before, urandom, state = dict(os.environ), os.urandom, random.getstate()
        real = {"dynamodb": self.dynamodb, "sns": self.sns, "sqs": self.sqs}
        clients = {name: Client(each, self.scheduler, self.faults, self._count) for name, each in real.items()}
        try:
            os.environ |= settings()
            os.urandom = self.chance.randbytes
            random.seed(f"pauses/{self.seed}")
            clock.use(self._now, self.scheduler.sleep)
            aws.use(clients.__getitem__)
            forget_sign_outs()
            with redirect_stdout(Quiet()):
                yield
        finally:
            self.scheduler.stop()
            aws.use(None)
            clock.use(None)
            os.urandom = urandom
            random.setstate(state)
            os.environ.clear()
            os.environ |= before
            forget_sign_outs()

    def _now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.scheduler.now + self.scheduler.skew)


def topic(name: str) -> str:
    return f"{name}-topic"


def settings() -> dict[str, str]:
    """The environment of all functions, as the overlays make it."""
    shared = {"PARTIAL_BATCH_RESPONSES": "on", "LOG_REQUESTS": "off", "METRICS": "off", "STAGE": "simulation"}
    for part in parts():
        name = part.name.upper()
        shared |= {
            f"{name}_TABLE": part.name,
            f"{name}_TOPIC_ARN": topic(part.name),
            f"{name}_RELAY_DLQ_URL": f"{part.name}-relay-dlq",
            f"{name}_CURSOR_KEY": f"key-of-{part.name}",
        }
    return shared


def context(chance: random.Random, name: str) -> Any:
    """What Lambda tells a function of its invocation."""
    id = f"{chance.getrandbits(128):032x}"
    dashed = "-".join((id[:8], id[8:12], id[12:16], id[16:20], id[20:]))
    return SimpleNamespace(aws_request_id=dashed, function_name=name)


def event_of(body: str) -> str:
    """The event in a message, as `<kind>/<id>/<version>/<Fact>`; "" for what is none."""
    try:
        told = json.loads(body)
        return f"{told['id'].rpartition('/')[0]}/{told['type'].split('.')[-2]}"
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return ""
