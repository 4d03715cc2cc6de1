"""What clients were answered, and the rules that hold for it at once: nobody is told two things, or another's."""

import json
from collections.abc import Callable
from typing import Any

from tests.shop import owner
from tests.simulation import persons
from tests.simulation.requests import Answer, Asked
from tests.simulation.world import World


class Answers:
    """All that clients know: orders that were acknowledged, cancellations, and what each key was answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.cancelled: set[str] = set()  # acknowledged cancellations
        self.asked_to_cancel: dict[str, set[str]] = {}  # by order: kinds of callers that asked
        self.adjustments: dict[str, dict[str, Any]] = {}  # by key: what was acknowledged
        self._there: dict[int, bool] = {}
        self._lives: dict[int, int] = {}  # by what was asked: how often the table had been restored
        world.keepers.append(self.keep)
        self._barred: dict[int, tuple[set[str], list[Any]]] = {}  # by request: of which no order can come
        self._added: dict[tuple[str, str | None], str] = {}  # by caller and key: the product
        self._erased: dict[int, frozenset[str]] = {}  # by request: who was erased when it was sent
        self._signed_out: dict[int, int] = {}  # by request: how often its customer had signed out when it was sent
        self._might: set[tuple[str, str | None]] = set()  # by caller and key: requests of which an order can come
        self._by_key: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
        self._sent: dict[tuple[str, str | None], set[str]] = {}  # by caller and key: the bodies

    def keep(self, table: str) -> Callable[[], None]:
        """What puts back to what a capability has acknowledged by now: all since then is forfeited."""
        acknowledged, cancelled, by_key = dict(self.acknowledged), set(self.cancelled), dict(self._by_key)
        adjustments = dict(self.adjustments)

        def back() -> None:
            if table == "orders":
                self.acknowledged, self.cancelled, self._by_key = acknowledged, cancelled, by_key
            if table == "products":
                self.adjustments = adjustments

        return back

    def sent(self, asked: Asked) -> None:
        """What is asked, before it can have any effect, and whether that which it needs is there."""
        self._there[id(asked)] = self._is_there(asked)
        self._lives[id(asked)] = self.world.lives[owner(asked.path)]
        self._barred.pop(id(asked), None)
        if asked.path == "/orders" and asked.method == "POST":
            self._may_order(asked)
        self._erased[id(asked)] = frozenset(self.world.erased)
        self._signed_out[id(asked)] = self._sign_outs(asked)
        self._sent.setdefault((asked.by, asked.key), set()).add(json.dumps(asked.body, sort_keys=True))
        if asked.path.endswith("/cancel"):
            self.asked_to_cancel.setdefault(asked.path.split("/")[2], set()).add(asked.by.partition(":")[0])

    def take(self, asked: Asked, answer: Answer | None) -> None:
        """Holds one answer against all before it."""
        if answer is None or self._lives[id(asked)] != self.world.lives[owner(asked.path)]:
            return
        persons.hold(self.world, self._erased[id(asked)], f"the answer to {asked}", answer.body)
        if not answer.done:
            self._refused(asked, answer)
        elif asked.path.endswith("/stock-adjustments"):
            self._adjusted(asked, answer.body)
        elif asked.path == "/products" and asked.method == "POST":
            if self._added.setdefault((asked.by, asked.key), answer.body["sku"]) != answer.body["sku"] and asked.key:
                self.world.violate("a key is good for one request", f"{asked} after {self._added[asked.by, asked.key]}")
        elif asked.path.startswith("/orders"):
            self._shown(asked, answer.body)
        elif asked.path.startswith(("/customers/", "/sessions")):
            self._of_customer(asked)

    def _may_order(self, asked: Asked) -> None:
        """Whether an order can come of it, or of the same that was sent before, as far as orders knows by now."""
        known = self._known(asked)
        if all(each is None or each["status"] == {"S": "active"} for each in known):
            self._might.add((asked.by, asked.key))
        elif asked.key is None or (asked.by, asked.key) not in self._might:
            self._barred[id(asked)] = set(self.world.dynamodb.tables["orders"].items), known

    def _of_customer(self, asked: Asked) -> None:
        name = _customer(asked)
        if asked.method == "DELETE" and self._sign_outs(asked) == self._signed_out[id(asked)]:
            self.world.violate("who signs out, or goes, has no token left", asked)
        if asked.path.endswith("/personal-data"):
            persons.erased(self.world, name)
        elif name in self._erased[id(asked)]:
            self.world.violate("an erased customer does not come back", asked)

    def _refused(self, asked: Asked, answer: Answer) -> None:
        kind = str((answer.body or {}).get("type", ""))
        if self._there[id(asked)] and (answer.status == 404 or "not-yet" in kind):
            self.world.violate("what was there is found", f"{asked}: {answer.body}")
        if "key-used" in kind and (asked.key is None or len(self._sent[asked.by, asked.key]) == 1):
            self.world.violate("a key is refused only to who used it for another request", asked)

    def _shown(self, asked: Asked, body: dict[str, Any]) -> None:
        kind, _, caller = asked.by.partition(":")
        if kind == "customer" and any(order["customer_id"] != caller for order in body.get("items", [body])):
            self.world.violate("no answer holds another customer's data", f"{asked}: {body}")
        if asked.path.endswith("/cancel"):
            self._cancelled(asked, body)
        elif asked.method == "POST":
            self._placed(asked, caller, body)

    def _is_there(self, asked: Asked) -> bool:
        """Who orders, as orders knows them, or is to be erased, or the product whose stock is adjusted."""
        kind, _, id = asked.by.partition(":")
        tables = self.world.dynamodb.tables
        if asked.path == "/orders" and asked.method == "POST" and kind == "customer":
            return f"customer#{id}" in tables["orders"].items
        if asked.path.endswith("/personal-data"):  # who was erased, too: whatever was cut off is to be completed
            return f"customer#{_customer(asked)}" in tables["customers"].items
        return (
            asked.path.endswith("/stock-adjustments")
            and f"product#{asked.path.split('/')[2]}" in tables["products"].items
        )

    def _sign_outs(self, asked: Asked) -> int:
        signed_out = self.world.dynamodb.tables["customers"].items.get(f"sign_out#{_customer(asked)}")
        return int(signed_out["version"]["N"]) if signed_out else 0

    def _known(self, asked: Asked) -> list[Any]:
        """What orders knows of its customer and of its products."""
        keys = [f"customer#{asked.by.partition(':')[2]}", *(f"product#{line['sku']}" for line in asked.body["lines"])]
        return [self.world.dynamodb.tables["orders"].items.get(key) for key in keys]

    def _adjusted(self, asked: Asked, adjustment: dict[str, Any]) -> None:
        first = self.adjustments.setdefault(asked.key or adjustment["id"], adjustment)
        if first != adjustment or adjustment["delta"] != asked.body["delta"]:
            self.world.violate("an adjustment is answered as it was made", f"{asked}: {first} and then {adjustment}")

    def _cancelled(self, asked: Asked, order: dict[str, Any]) -> None:
        self.cancelled.add(order["id"])
        if order["status"] != "cancelled":
            self.world.violate("who cancels is shown a cancelled order", f"{asked}: {order}")

    def _placed(self, asked: Asked, customer: str, order: dict[str, Any]) -> None:
        self.acknowledged[order["id"]] = order
        there, known = self._barred.get(id(asked), ({f"order#{order['id']}"}, []))
        if f"order#{order['id']}" not in there and known == self._known(asked):
            self.world.violate("who may not order, or what is not sold, makes no order", f"{asked}: {order}")
        wanted = [(line["sku"], line["quantity"]) for line in asked.body["lines"]]
        if [(line["sku"], line["quantity"]) for line in order["lines"]] != wanted:
            self.world.violate("an order is answered with what it was asked for", f"{asked}: {order}")
        if order["total"]["amount"] != sum(line["total"]["amount"] for line in order["lines"]):
            self.world.violate("the total is the sum of the lines", order)
        if asked.key is None:
            return
        body = json.dumps(asked.body, sort_keys=True)
        first_body, first = self._by_key.setdefault((customer, asked.key), (body, order))
        if first_body != body:
            self.world.violate("a key is good for one request", f"{asked} after {first_body}")
        elif first != order:
            self.world.violate("equal requests have equal answers", f"{asked}: {first} and then {order}")


def _customer(asked: Asked) -> str:
    """Whom a request is about: who is named in its path, or whoever asks."""
    named = asked.path.split("/")[2:3]
    return asked.by.partition(":")[2] if named in ([], ["me"]) else named[0]
