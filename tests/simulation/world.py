"""The whole simulated world: the unmodified apps, the cloud in memory, the clock, chance and faults of one seed."""

import io
import json
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

from infra.apps_in_process import load_apps
from tests.simulation.clients import Client, Crash, pass_time
from tests.simulation.cloud.dynamodb import Change, DynamoDB
from tests.simulation.cloud.sns import SNS, Subscription
from tests.simulation.cloud.sqs import SQS, Queue, Waiting
from tests.simulation.facts import due
from tests.simulation.faults import Faults
from tests.simulation.released_code import Release, last, today
from tests.simulation.rollout import Rollout
from tests.simulation.scheduler import NEVER, Scheduler, Task
from tests.simulation.tokens import CLIENT, ISSUER, Tokens
from tests.simulation.topology import Part, parts

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SKEW = 600.0  # seconds that a clock may be wrong, either way
DELAY = 0.2  # seconds, mostly, from topic to queue
LATE = 600.0
TRIES_FOR = 23 * 86400.0  # seconds that SNS tries to reach a queue
STRETCH = "DDBStreamBatchInfo"  # is in what Lambda tells of records that it gave up
REFUSED = {"ErrorCode": {"DataType": "String", "StringValue": "403"}}  # as SNS says why it set a message aside


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
    forgotten: set[str] = field(default_factory=set)  # events that a queue had for longer than it keeps them
    set_aside: set[str] = field(default_factory=set)  # events that stood in dead letters which an operator redrove
    rollout: Rollout | None = None
    closed: set[str] = field(default_factory=set)  # functions that nobody can call just now
    lives: Counter[str] = field(default_factory=Counter)  # by capability: how often its table was restored
    floors: dict[str, int] = field(default_factory=dict)  # by restored table: what versions are raised above
    raised: dict[tuple[str, str], int] = field(default_factory=dict)  # by kind and id: to what version
    undone: set[str] = field(default_factory=set)  # orders that a restore took, or whose cancellation it took
    keepers: list[Callable[[str], Callable[[], None]]] = field(default_factory=list)  # give what puts a past back
    outages: list[Outage] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)  # customers of whom it was acknowledged that they are
    busy: int = 0  # functions that run
    calls: int = 0
    violations: list[Violation] = field(default_factory=list)
    watch: Callable[[list[Change]], None] = lambda changes: None

    def __post_init__(self) -> None:
        self.scheduler, self.faults = Scheduler(self.seed), Faults(self.seed)
        self.chance = random.Random(f"world/{self.seed}")
        self.tokens = Tokens(self)
        self.dynamodb = DynamoDB(lambda: self.scheduler.now, BEGAN)
        self.sns, self.sqs = SNS(), SQS(lambda: self.scheduler.now)
        self.timeouts = {f"{each.name}.{handler}": most for each in parts() for handler, most in each.timeouts.items()}
        for part in parts():
            self._build(part)
        for part in parts():
            for teller, types in part.hears.items():
                self.sns.subscribe(topic(teller), self.inboxes[part.name], types)
        self.sns.deliver = self._deliver
        self.dynamodb.written = self._written
        self.sqs.sent = self.poke

    def _build(self, part: Part) -> None:
        self.dynamodb.add(part.name, part.indexes)
        self.sns.add(topic(part.name))
        self.sqs.add(f"{part.name}-relay-dlq")
        if part.hears:
            dead = self.sqs.add(f"{part.name}-inbox-dlq")
            self.inboxes[part.name] = self.sqs.add(f"{part.name}-inbox", dead, part.visibility, part.receives)
        for role, most in part.retention.items():
            queue = self.sqs.queues[f"{part.name}-{role}"]
            queue.retention, queue.forgot = most, self._forgot

    def violate(self, rule: str, seen: object) -> None:
        self.violations.append(Violation(rule, str(seen)))

    def is_off(self, way: str) -> bool:
        """Whether an outage shuts the way now."""
        now = self.scheduler.now
        return any(each.way == way and each.since <= now < each.until for each in self.outages)

    def throttles(self, name: str) -> bool:
        """Whether Lambda lets no function of the capability run now, for too many do."""
        busy = self.is_off(f"{name}-functions") and not self.faults.healed
        return busy or self.faults.hits("function throttled")

    def _forgot(self, message: Waiting) -> None:
        self.forgotten |= {event_of(message.body)} if STRETCH not in message.body else self.aged

    def poke(self, what: str) -> None:
        """Whoever watches that table or queue looks at it."""
        for task in self.pokes.get(what, ()):
            task.wake = min(task.wake, self.scheduler.now)

    def serving(self, name: str, handler: str) -> Any:
        """The handler of that release which serves an invocation now; one that only today's has is today's."""
        release = self.rollout.serves(self.scheduler.now) if self.rollout else today()
        return getattr(release.apps[name], handler, None) or getattr(self.apps[name], handler)

    def run_function(self, name: str, function: Callable[[dict[str, Any], Any], Any], event: dict[str, Any]) -> Any:
        """What a function answers, run to its end in the task that calls this; raises Crash, or what it raises."""
        if name in self.closed:
            raise Crash
        task, capability = self.scheduler.current, name.partition(".")[0]
        task.life = capability, self.lives[capability]
        # what an authorizer remembers is as old as its own clock says, and here one process is all authorizers
        if not name.endswith(".identify") and self.faults.hits("clock wrong by minutes"):
            task.skew = self.faults.chance.uniform(-SKEW, SKEW)
        task.ends = self.scheduler.now + self.timeouts[name]
        self.busy += 1
        try:
            return function(event, self._context(name))
        finally:
            self.busy -= 1
            task.skew, task.life, task.ends = 0.0, None, NEVER

    def _context(self, name: str) -> Any:
        """What Lambda tells a function of its invocation."""
        id, ends = f"{self.chance.getrandbits(128):032x}", self.scheduler.current.ends
        return SimpleNamespace(
            aws_request_id="-".join((id[:8], id[8:12], id[12:16], id[16:20], id[20:])),
            function_name=name,
            get_remaining_time_in_millis=lambda: 1000 * (ends - self.scheduler.now),
        )

    def count(self) -> None:
        """Of each call; raises Crash in a function that was under way when its table was restored."""
        self.calls += 1
        life = self.scheduler.current.life
        if life and self.lives[life[0]] != life[1]:
            raise Crash

    def _written(self, changes: list[Change]) -> None:
        for change in changes:
            self._expect(change)
            self.tokens.see(change)
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
            to.queue.dead.put(body, attributes=REFUSED)
            return
        if max([*shut, 0.0]) - self.scheduler.now > TRIES_FOR and self.is_off(way) and to.queue.dead:
            to.queue.dead.put(body, TRIES_FOR, REFUSED)
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
        interrupted = signal.getsignal(signal.SIGINT)  # tools set it, and do not end in the order in which they began
        real = {"dynamodb": self.dynamodb, "sns": self.sns, "sqs": self.sqs}
        clients = {name: Client(each, self.scheduler, self.faults, self.count) for name, each in real.items()}
        try:
            os.environ |= settings()
            os.urandom = self.chance.randbytes
            random.seed(f"pauses/{self.seed}")
            for release in self._releases():
                release.use(self._now, self._sleep, clients.__getitem__)
            with redirect_stdout(Quiet()):
                yield
        finally:
            self.scheduler.stop()
            for release in self._releases():
                release.use(None, None, None)
            os.urandom = urandom
            random.setstate(state)
            if signal.getsignal(signal.SIGINT) is not interrupted:
                signal.signal(signal.SIGINT, interrupted)
            os.environ.clear()
            os.environ |= before

    def _releases(self) -> list[Release]:
        return [today(), last()] if self.rollout else [today()]

    def _sleep(self, seconds: float) -> None:
        pass_time(self.scheduler, self.faults, seconds)

    def moment(self) -> datetime:
        """What time it is, by a clock that is right."""
        return BEGAN + timedelta(seconds=self.scheduler.now)

    def _now(self) -> datetime:
        return self.moment() + timedelta(seconds=self.scheduler.skew)


def seconds(stamp: str) -> float:
    """When that was, in the world's own time; what stands behind a time in an index is not looked at."""
    return (datetime.fromisoformat(stamp.partition("/")[0]) - BEGAN).total_seconds()


def topic(name: str) -> str:
    return f"{name}-topic"


def settings() -> dict[str, str]:
    """The environment of all functions, as the overlays make it."""
    shared = {
        "IDENTITY_ISSUER": ISSUER,
        "IDENTITY_CLIENT_IDS": CLIENT,
        "PARTIAL_BATCH_RESPONSES": "on",
        "LOG_REQUESTS": "off",
        "METRICS": "off",
        "STAGE": "simulation",
    }
    for part in parts():
        name = part.name.upper()
        shared |= {
            f"{name}_TABLE": part.name,
            f"{name}_TOPIC_ARN": topic(part.name),
            f"{name}_RELAY_DLQ_URL": f"{part.name}-relay-dlq",
            f"{name}_CURSOR_KEY": f"key-of-{part.name}",
        }
    return shared


def event_of(body: str) -> str:
    """The event in a message, as `<kind>/<id>/<version>/<Fact>`; "" for what is none."""
    try:
        told = json.loads(body)
        return f"{told['id'].rpartition('/')[0]}/{told['type'].split('.')[-2]}"
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return ""
