"""Who uses the shop: staff that sells, customers that order, and an operator that clears the dead letters."""

from functools import partial
from typing import Any

from tests.simulation.answers import Answers
from tests.simulation.cloud.sqs import Queue
from tests.simulation.persons import person
from tests.simulation.requests import Answer, Asked, send
from tests.simulation.world import Outage, World

STAFF = "staff:boss"
HOUR = 3600.0
TRIES = 6


class People:
    """All of them; `left` is how many are not yet done."""

    def __init__(self, world: World, answers: Answers) -> None:
        self.world, self.answers, self.left = world, answers, 0
        self.chance, self.pace = world.chance, 1.0
        self._all()

    def _all(self) -> None:
        self.skus = [f"p{n}" for n in range(self.chance.randint(2, 4))]
        self.names = [f"c{n}" for n in range(self.chance.randint(2, 4))]
        self.pace = self.chance.choice([0.02, 0.2, 1.0, 5.0])  # from a crowd to a quiet day
        self._start("staff", self._staff)
        for name in self.names:
            self._start(name, partial(self._customer, name))
        self._start("operator", self._operator)
        self._start("weather", self._weather)

    def _start(self, name: str, run: Any) -> None:
        self.left += 1

        def all_of_it() -> None:
            run()
            self.left -= 1

        self.world.scheduler.spawn(name, all_of_it)

    def ask(self, by: str, method: str, path: str, body: Any = None, **more: Any) -> Answer | None:
        """One request; what is seen of it is held against the rules of answers."""
        asked = Asked(by, method, path, body, **more)
        self.answers.sent(asked)
        answer = send(self.world, asked)
        self.answers.take(asked, answer)
        return answer

    def insist(self, by: str, method: str, path: str, body: Any = None, **more: Any) -> Answer | None:
        """The same request until it is answered for good, or for some time."""
        for _ in range(TRIES):
            answer = self.ask(by, method, path, body, **more)
            if answer is not None and not _passes(answer):
                return answer
            self.world.scheduler.sleep(self.chance.uniform(0, 3.0))
        return None

    def _rest(self, longest: float) -> None:
        self.world.scheduler.sleep(self.chance.uniform(0, longest) * self.pace)

    def _staff(self) -> None:
        for sku in self.skus:
            product = {"sku": sku, "name": sku.upper(), "price": self._price()}
            self.insist(STAFF, "POST", "/products", product, key=f"add-{sku}")
            self._adjust(sku, self.chance.randint(0, 25))
        for _ in range(self.chance.randint(2, 8)):
            self._rest(8.0)
            self._sell(self.chance.choice(self.skus))

    def _sell(self, sku: str) -> None:
        hits = self.world.faults.hits
        if hits("record that can not be told"):
            self._leave_relic(self.chance.choice(list(self.world.apps)))
        if hits("price changed"):
            self.insist(STAFF, "PATCH", f"/products/{sku}", {"price": self._price()}, match="*")
        if hits("archived midway"):
            self.insist(STAFF, "DELETE", f"/products/{sku}", match="*")
        elif hits("stock lost"):
            self._adjust(sku, -self.chance.randint(1, 4))
        elif self.chance.random() < 0.3:
            self.insist(STAFF, "PATCH", f"/products/{sku}", {"status": "active"}, match="*")
        else:
            self._adjust(sku, self.chance.randint(1, 5))

    def _adjust(self, sku: str, delta: int) -> None:
        if delta:
            key = f"adjust-{self.chance.getrandbits(32):x}"
            body = {"delta": delta, "reason": "count"}
            self.insist(STAFF, "POST", f"/products/{sku}/stock-adjustments", body, key=key)

    def _price(self) -> dict[str, Any]:
        return {"amount": self.chance.randint(1, 999), "currency": "USD"}

    def _customer(self, name: str) -> None:
        by = f"customer:{name}"
        self.insist(by, "PUT", "/customers/me", person(name))
        self._rest(4.0)
        for number in range(self.chance.randint(2, 5)):
            self._rest(5.0)
            self._start(f"{name}/{number}", partial(self._order, name, number))  # none waits for the one before it
        hits = self.world.faults.hits
        if hits("signed out midway"):
            self.insist(by, "DELETE", "/sessions")
        if hits("deactivated midway"):
            self.insist(by, "DELETE", "/customers/me", match="*")
            self._order(name, 99)
        if hits("erased midway"):
            self._erase(name)
            self._order(name, 98)

    def _erase(self, name: str) -> None:
        """Asks to be erased, or staff does, perhaps both at once, and tries to come back."""
        by, path, hits = f"customer:{name}", f"/customers/{name}/personal-data", self.world.faults.hits
        if hits("sent twice at once"):
            self._start(f"{by} erased", partial(self.ask, STAFF, "DELETE", path, match="*"))
        self.insist(self.chance.choice((by, STAFF)), "DELETE", path, match="*")
        self.ask(by, "GET", "/customers/me")
        self.ask(by, "PUT", "/customers/me", person(name))
        self.ask(by, "PATCH", "/customers/me", {"phone": "+49 7654321"}, match="*")
        if hits("request sent again"):
            self._rest(3.0)
            self.ask(by, "DELETE", path, match="*")

    def _order(self, name: str, number: int) -> None:
        by, hits = f"customer:{name}", self.world.faults.hits
        key = f"key-{number}" if self.chance.random() < 0.8 else None
        body = {"lines": self._lines()}
        if key and hits("sent twice at once"):
            self._start(f"{by} again", partial(self.ask, by, "POST", "/orders", body, key=key))
        answer = self.insist(by, "POST", "/orders", body, key=key) if key else self.ask(by, "POST", "/orders", body)
        if key and hits("request sent again"):
            self._rest(3.0)
            self.ask(by, "POST", "/orders", body, key=key)
        if key and hits("same key, another body"):
            self.ask(by, "POST", "/orders", {"lines": [*body["lines"], {"sku": "p0x", "quantity": 1}]}, key=key)
            self.ask(by, "POST", "/orders", {"lines": self._lines()}, key=key)
        if key and hits("another customer's key"):
            other = self.chance.choice(self.names)
            self.ask(f"customer:{other}", "POST", "/orders", {"lines": self._lines()}, key=key)
        if answer and answer.done:
            self._follow(by, answer.body["id"])

    def _follow(self, by: str, id: str) -> None:
        hits = self.world.faults.hits
        if hits("another's order asked for"):
            for path in (f"/orders/{id}", f"/orders/{id}/cancel"):
                self.ask(f"customer:{self.chance.choice(self.names)}x", "POST" if "cancel" in path else "GET", path)
        if hits("cancelled"):
            self.world.scheduler.sleep(self.chance.uniform(0, self.chance.choice([0.0, 0.6, 1.2, 1.2, 5.0, 120.0])))
            if hits("cancelled twice at once"):
                self._start("staff too", partial(self.insist, STAFF, "POST", f"/orders/{id}/cancel"))
            self.insist(by, "POST", f"/orders/{id}/cancel")
        elif hits("cancelled by staff"):
            self._rest(5.0)
            self.insist(STAFF, "POST", f"/orders/{id}/cancel")
        elif self.chance.random() < 0.3:
            self._rest(2.0)
            self.ask(by, "GET", f"/orders/{id}")
            self.ask(by, "GET", "/orders?limit=5")

    def _lines(self) -> list[dict[str, Any]]:
        skus = self.chance.sample(self.skus, self.chance.randint(1, min(3, len(self.skus))))
        return [{"sku": sku, "quantity": self.chance.randint(1, 4)} for sku in skus]

    def _operator(self) -> None:
        hits = self.world.faults.hits
        for _ in range(self.chance.randint(0, 4)):
            self._rest(1200.0)
            for name, queue in self.world.inboxes.items():
                if hits("poison message"):
                    queue.put(self.chance.choice(POISON))
                    self.world.poke(queue.name)
                if not self.world.sqs.queues[f"{name}-inbox-dlq"].waiting:
                    continue
                if hits("dead letters redriven twice, shuffled"):
                    redrive(self.world, name, times=2)
                elif hits("dead letters redriven"):
                    redrive(self.world, name)

    def _leave_relic(self, table: str) -> None:
        """An item of another release, which tells a fact that this one does not know."""
        fact = {"M": {"fact": {"S": "Unheard"}, "trace": {"S": ""}}}
        item = {"pk": {"S": f"{RELIC}{self.chance.getrandbits(32):x}"}, "version": {"N": "1"}, "outbox": {"L": [fact]}}
        self.world.dynamodb.put_item(TableName=table, Item=item)

    def _weather(self) -> None:
        """Shuts ways for a while, each as one kind of outage."""
        faults, now = self.world.faults, self.world.scheduler.now
        for name in self.world.apps:
            begins = now + self.chance.uniform(0, 15)
            if faults.hits("stream off for hours"):
                self._shut(f"{name}-stream", begins, self.chance.uniform(0.1, 20) * HOUR)
            elif faults.hits("stream off for over a day"):
                self._shut(f"{name}-stream", begins, self.chance.uniform(20, 40) * HOUR)
        for name in self.world.inboxes:
            if faults.hits("inbox off for hours"):
                self._shut(f"{name}-inbox", now + self.chance.uniform(0, 15), self.chance.uniform(0.1, 30) * HOUR)
            for teller in self.world.apps:
                if faults.hits("subscription down for hours"):
                    way = f"{teller}-topic>{name}-inbox"
                    self._shut(way, now + self.chance.uniform(0, 15), self.chance.uniform(0.1, 30) * HOUR)

    def _shut(self, way: str, begins: float, lasts: float) -> None:
        self.world.outages.append(Outage(way, begins, begins + lasts))


def _passes(answer: Answer) -> bool:
    """Whether another answer may come later: too busy, or not yet known to orders."""
    return answer.status in (403, 429, 503) or "not-for-sale" in (answer.body or {}).get("type", "")


RELIC = "relic#"
POISON = (
    "not json",
    "{}",
    '{"id": "poison/1", "type": "emporium.products.PriceChanged.v1", "sequence": "x", "data": {}}',
    '{"id": "poison/2", "type": "emporium.orders.OrderPlaced.v1", "data": null}',
)


def redrive(world: World, name: str, times: int = 1) -> None:
    """Puts the dead letters of an inbox back into it, in any order."""
    dead: Queue = world.sqs.queues[f"{name}-inbox-dlq"]
    letters = [message for message in dead.waiting for _ in range(times)]
    world.chance.shuffle(letters)
    dead.waiting.clear()
    for letter in letters:
        world.inboxes[name].put(letter.body)
    world.poke(f"{name}-inbox")
