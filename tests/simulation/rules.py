"""What holds after every single write, whatever went wrong before."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chassis.items import read_item
from tests.simulation import persons
from tests.simulation.cloud.dynamodb import Change
from tests.simulation.facts import is_touched
from tests.simulation.world import World

Plain = dict[str, Any]
ORDER = {
    None: {"placed"},
    "placed": {"placed", "confirmed", "rejected", "cancelled"},
    "confirmed": {"cancelled"},
    "rejected": set[str](),
    "cancelled": {"cancelled"},
}
RESERVATION = {
    None: {"reserved", "refused", "released"},
    "reserved": {"reserved", "released"},
    "refused": {"refused", "released"},
    "released": {"released"},
}
CUSTOMER = {
    None: {"active"},
    "active": {"active", "deactivated", "erased"},
    "deactivated": {"erased"},
    "erased": set[str](),
}
KNOWN = {None: {"active", "deactivated"}, "active": {"active", "deactivated"}, "deactivated": {"deactivated"}}
FIXED = ("id", "customer_id", "lines", "total", "placed_at", "made_by")
GIVEN_UP = timedelta(days=1, minutes=22)  # after which none waits for stock any more, with clocks that are wrong
LONGEST_WAIT = timedelta(hours=1)
COPIES = {("orders", "customer"), ("orders", "product"), ("orders", "sign_out"), ("products", "sign_out")}


def _age(order: Plain) -> timedelta:
    """How old an order was when it was last changed."""
    return _changed(order) - datetime.fromisoformat(order["placed_at"])


def _changed(order: Plain) -> datetime:
    return datetime.fromisoformat(order["changed_at"])


class Rules:
    """Looks at all changes of each write, and remembers what it needs for the next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.held: dict[str, int] = defaultdict(int)  # by sku: what reservations hold
        self.adjusted: dict[str, int] = defaultdict(int)  # by sku: what adjustments came to
        self.were: dict[str, set[int]] = defaultdict(lambda: {0})  # by sku: all that was ever available
        self.prices: dict[str, set[int]] = defaultdict(set)  # by sku: all that it ever cost
        world.watch = self.see
        world.keepers.append(self.keep)

    def keep(self, table: str) -> Callable[[], None]:
        """What puts back that which hangs on the table's state by now."""
        held, adjusted = dict(self.held), dict(self.adjusted)

        def back() -> None:
            if table == "products":
                self.held, self.adjusted = defaultdict(int, held), defaultdict(int, adjusted)

        return back

    def see(self, changes: list[Change]) -> None:
        stocks = []
        for change in changes:
            kind = change.key.partition("#")[0]
            if change.after is None:
                self._taken_away(change)
                continue
            persons.hold(self.world, self.world.erased, change.table, change.after)
            before = read_item(change.before) if change.before else None
            after = read_item(change.after)
            self.world.scheduler.tell(change.table, change.key, after.get("version"), after.get("status"))
            if is_touched(change):
                continue
            self._versions(change.table, kind, before, after)
            if change.table == "products" and kind == "stock":
                stocks.append(after)
            elif look := getattr(self, f"_{change.table}_{kind}", None):
                look(before, after)
        for stock in stocks:
            self._stock(stock)
        made = [read_item(each.after or {}) for each in changes if each.key.startswith("adjustment#")]
        if made and any(stock["on_hand"] != each["on_hand"] for stock in stocks for each in made):
            self.world.violate("an adjustment says what it came to", f"{made} and {stocks}")

    def _versions(self, table: str, kind: str, before: Plain | None, after: Plain) -> None:
        was, now = (before or {}).get("version", 0), after.get("version", 0)
        if was < self.world.floors.get(table, 0) <= now and (table, kind) not in COPIES:
            self.world.raised[kind, after["pk"].partition("#")[2]] = now
        elif (table, kind) in COPIES:
            ends = (before or {}).get("status") != after.get("status") == "deactivated"
            if now <= was and not (f"{kind}s" in self.world.floors and (now == 0 or ends)):
                self.world.violate("a copy is overwritten by something newer alone", f"{after['pk']}: {was} -> {now}")
        elif "version" in after and now != was + 1 and before != after:
            self.world.violate("a version is the one before and one more", f"{after['pk']}: {was} -> {now}")

    def _taken_away(self, change: Change) -> None:
        if (change.before or {}).get("status") != {"S": "refused"}:
            self.world.violate("nothing is taken away but an answer that stands in the way", change.before)

    def _along(self, graph: dict[Any, set[str]], before: Plain | None, after: Plain) -> None:
        was = before["status"] if before else None
        kind, _, id = after["pk"].partition("#")
        is_raised = was == after["status"] and self.world.raised.get((kind, id)) == after["version"]
        if after["status"] not in graph[was] and not is_raised:
            self.world.violate("a state follows along its graph", f"{after['pk']}: {was} -> {after['status']}")

    def _orders_order(self, before: Plain | None, after: Plain) -> None:
        self._along(ORDER, before, after)
        asks_at = datetime.fromisoformat(after["ask_at"]) if "ask_at" in after and "asked" in after else _changed(after)
        if asks_at - _changed(after) > LONGEST_WAIT:
            self.world.violate("an order that waits asks each hour", after)
        changed = [name for name in FIXED if before and before.get(name) != after.get(name)]
        if changed:
            self.world.violate("what was ordered stays as it was", f"{after['pk']}: {changed}")
        waited = before and before["status"] == "placed" and after.get("reason") in (None, "timed_out")
        if waited and after["status"] in ("placed", "cancelled") and _age(after) > GIVEN_UP:
            self.world.violate("an order gives up at its deadline", after)
        if before is None:
            for line in after["lines"]:
                if line["unit_price"]["amount"] not in self.prices[line["sku"]]:
                    self.world.violate("a price is one that the product had", line)

    def _products_product(self, before: Plain | None, after: Plain) -> None:
        self.prices[after["sku"]].add(after["price"]["amount"])

    def _customers_customer(self, before: Plain | None, after: Plain) -> None:
        self._along(CUSTOMER, before and _with_erased(before), _with_erased(after))

    def _customers_sign_out(self, before: Plain | None, after: Plain) -> None:
        since = [datetime.fromisoformat(each["signed_out_at"]) for each in (before, after) if each]
        if since != sorted(since):
            self.world.violate("who signed out is out", f"{before} and then {after}")

    def _orders_customer(self, before: Plain | None, after: Plain) -> None:
        self._along(KNOWN, before, after)

    def _orders_allowance(self, before: Plain | None, after: Plain) -> None:
        if before and before.get("closed") and before != after:
            self.world.violate("what was counted of an erased customer is gone for good", f"{before} and then {after}")

    def _products_adjustment(self, before: Plain | None, after: Plain) -> None:
        if before is not None and before != after:
            self.world.violate("an adjustment is made once", after)
        if before is None:
            self.adjusted[after["sku"]] += after["delta"]

    def _products_reservation(self, before: Plain | None, after: Plain) -> None:
        self._along(RESERVATION, before, after)
        for sign, state in ((-1, before), (1, after)):
            if state and state["status"] == "reserved":
                for line in state["lines"]:
                    self.held[line["sku"]] += sign * line["quantity"]
        for short in after.get("shortages", ()) if before is None else ():
            if short["available"] >= short["wanted"] or short["available"] not in self.were[short["sku"]]:
                self.world.violate("a shortage was one", f"{after['pk']}: {short}")

    def _stock(self, stock: Plain) -> None:
        sku, on_hand, reserved, available = (stock[name] for name in ("sku", "on_hand", "reserved", "available"))
        self.were[sku].add(available)
        if min(on_hand, reserved, available) < 0:
            self.world.violate("no stock is below zero", stock)
        if on_hand != reserved + available:
            self.world.violate("on hand is reserved and available", stock)
        if reserved != self.held[sku]:
            self.world.violate("what is reserved is held by reservations", f"{stock}, held {self.held[sku]}")
        if on_hand != self.adjusted[sku]:
            self.world.violate("on hand is what adjustments came to", f"{stock}, adjusted {self.adjusted[sku]}")


def _with_erased(customer: Plain) -> Plain:
    """What others are told as deactivated is one state more here."""
    return {**customer, "status": "erased"} if "erased_at" in customer else customer
