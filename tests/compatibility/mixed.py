"""A shop in two versions at once, as while traffic goes over: of each invocation a seeded draw says whose it is."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis import clock
from infra.apps_in_process import load_apps
from infra.local.proxy import event_of, response_of
from infra.local.routes import match
from infra.local.web.messages import Request
from tests.compatibility.moments import Due, clear, plain
from tests.compatibility.versions import Asked, Stage, Version, WentWrong
from tests.shop import CONTEXT, Answer, Shop, owner, scheduled
from tests.tokens import STAFF, bearer
from tests.visit import drained

AS_ONE = timedelta(milliseconds=10)  # from one invocation to the next


@dataclass(frozen=True)
class Manner:
    """How deliveries come: to one version or to `both`, one after the other or `together` at the same time.

    `late` is the part of what is due that waits, each time anew, until something else has happened.
    """

    name: str
    both: bool = False
    together: bool = False
    late: float = 0


MANNERS = (
    Manner("once"),
    Manner("late", late=0.6),
    Manner("twice", both=True, late=0.2),
    Manner("together", both=True, together=True),
)


@dataclass
class Mixed:
    """Two versions on one stage; the first is the older one. They have the same time, which is told them.

    Of `shop` only the cloud is used: its own apps handle nothing here.
    """

    shop: Shop
    versions: Sequence[Version]
    manner: Manner
    chance: random.Random
    mirrored: bool
    now: datetime
    waiting: list[Due] = field(default_factory=list)
    handled: set[tuple[str, str, str]] = field(default_factory=set)  # version, capability, handler

    def call(self, method: str, path: str, body: Any = None, by: str = STAFF, **headers: str) -> Answer:
        [answer] = self._answers(self._draw()[:1], method, path, body, by, headers)
        return answer

    def both(self, method: str, path: str, body: Any = None, by: str = STAFF, **headers: str) -> Answer:
        """The same request to either version; raises WentWrong where the answers are not alike. Gives the older one's.

        Nothing is delivered in between, so that what is asked for is as it was.
        """
        order = self._draw()
        answers = dict(zip(order, self._answers(order, method, path, body, by, headers), strict=True))
        old, new = (answers[version] for version in self.versions)
        if not goes_on(old, new):
            raise WentWrong(f"{order[0].name} was asked first: {method} {path}: {old}, and then {new}")
        return old

    def tick(self) -> None:
        self._handle("orders", "tick", scheduled())

    def settle(self) -> None:
        """Delivers until nothing moves."""
        for _round in range(200):
            self._collect()
            if not self.waiting:
                return
            due, self.waiting = self.waiting, []
            self._deliver(due)
        raise WentWrong("the shop does not come to rest")

    def move(self) -> None:
        """Delivers some of what is due."""
        self._collect()
        due, self.waiting = self.waiting, []
        is_late = [self.chance.random() < self.manner.late for _ in due]
        self.waiting = [each for each, late in zip(due, is_late, strict=True) if late]
        self._deliver([each for each, late in zip(due, is_late, strict=True) if not late])

    def is_still(self) -> bool:
        """Whether nothing is on its way."""
        self._collect()
        return not self.waiting

    def lose(self) -> None:
        """Nobody ever gets what is due now."""
        self._collect()
        self.waiting = []

    def _collect(self) -> None:
        for name, app in self.shop.apps.items():
            self.waiting += [(name, "relay", plain(record)) for record in self.shop.records(name)]
            if hasattr(app, "inbox"):
                self.waiting += [(name, "inbox", message) for message in self.shop.messages(name)]

    def _deliver(self, due: list[Due]) -> None:
        if self.manner.both or self.manner.late:
            self.chance.shuffle(due)
        for app, handler, records in _batches(due, self.chance):
            self._handle(app, handler, {"Records": records})

    def _handle(self, app: str, handler: str, event: Any) -> None:
        versions = self._draw()
        self._ask(app, handler, [(version, event) for version in (versions if self.manner.both else versions[:1])])

    def _answers(
        self, versions: Sequence[Version], method: str, path: str, body: Any, by: str, headers: dict[str, str]
    ) -> list[Answer]:
        """What each version answers, to whom the other one has found out who asks."""
        app = owner(path)
        found = match(self.shop.apps[app].app.routes, path.partition("?")[0])
        assert found, f"no route has {path}"
        sent = {"content-type": "application/json"} | ({"authorization": bearer(by)} if by else {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method, path, tuple(sent.items()), b"" if body is None else json.dumps(body).encode())
        event = event_of(request, found, stage="test", request_id=CONTEXT.aws_request_id, binary=[])
        others = versions[::-1] if len(versions) > 1 else self._draw()
        pairs = [
            (version, _for_caller(event, self._identified(app, other, sent.get("authorization"))))
            for version, other in zip(versions, others, strict=False)
        ]
        return [_answer(told) for told in self._ask(app, "app", pairs)]

    def _identified(self, app: str, version: Version, token: str | None) -> dict[str, str]:
        if token is None:
            return {}
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": "arn:aws:execute-api:any"}
        [told] = self._ask(app, "identify", [(version, event)])
        return dict(told["context"])

    def _ask(self, app: str, handler: str, pairs: Sequence[tuple[Version, Any]]) -> list[Any]:
        """What each version answers to its event; all have theirs at once where the manner says so."""
        if self.manner.together:
            return self._ask_at_once(app, handler, pairs)
        return [answer for pair in pairs for answer in self._ask_at_once(app, handler, [pair])]

    def _ask_at_once(self, app: str, handler: str, pairs: Sequence[tuple[Version, Any]]) -> list[Any]:
        self.now += AS_ONE
        self.handled |= {(version.name, app, handler) for version, _ in pairs}
        for version, event in pairs:
            version.begin(Asked(app, handler, event, self.now))
        told = [version.end() for version, _ in pairs]
        for (version, _), each in zip(pairs, told, strict=True):
            if each.wrong:
                raise WentWrong(f"{version.name}: {app}.{handler}: {each.wrong}")
        return [each.answer for each in told]

    def _draw(self) -> list[Version]:
        """The versions, in an order by chance."""
        order = self.chance.sample(self.versions, len(self.versions))
        return order[::-1] if self.mirrored else order


def open_mixed(stage: Stage, versions: Sequence[Version], seed: int, *, mirrored: bool = False) -> Mixed:
    """An empty shop; the seed is all that decides what happens in it.

    `mirrored`, all that the one version did is done by the other, and the other way round.
    """
    shop = Shop(stage.clients, load_apps(), places=stage.places)
    clear(shop)
    drained(shop)
    manner = MANNERS[seed % len(MANNERS)]
    mixed = Mixed(shop, versions, manner, random.Random(seed), mirrored, next(stage.begins))
    clock.use(lambda: mixed.now)
    return mixed


def _batches(due: list[Due], chance: random.Random) -> Iterator[tuple[str, str, list[Any]]]:
    """One to three records at a time, of those that are for the same handler."""
    while due:
        app, handler, _ = due[0]
        batch = [each for each in due if each[:2] == (app, handler)][: chance.randint(1, 3)]
        due = [each for each in due if each not in batch]
        yield app, handler, [record for _, _, record in batch]


def _for_caller(event: Any, caller: dict[str, str]) -> Any:
    return event | {"requestContext": event["requestContext"] | ({"authorizer": caller} if caller else {})}


def _answer(told: Any) -> Answer:
    response = response_of(told)
    headers = {name.lower(): value for name, value in response.headers}
    return Answer(response.status, headers, json.loads(response.body) if response.body else None)


def goes_on(old: Answer, new: Answer) -> bool:
    """Whether whoever was answered the old way can go on with the new answer; it may tell more."""
    kept = [name for name in ("etag", "location") if name in old.headers]
    headers_stay = all(old.headers[name] == new.headers.get(name) for name in kept)
    return old.status == new.status and headers_stay and _holds(new.body, old.body)


def _holds(new: Any, old: Any) -> bool:
    """Whether all of the old is in the new; the words of a problem are for people, and which one it is its own."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = old.keys() - {"detail", "instance"}
        return all(name in new and _holds(new[name], old[name]) for name in names)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_holds, new, old))
    return bool(old == new)
