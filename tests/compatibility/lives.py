"""What happens in a shop of two versions: orders with every outcome, while products, prices and people change."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.compatibility.mixed import Mixed
from tests.compatibility.versions import WentWrong
from tests.shop import Answer
from tests.tokens import STAFF, bearer

ADA, BOB = "customer:ada", "customer:bob"
LIN = {"email": "lin@example.com", "password": "Correct-horse-1"}
PRICE = {"amount": 349, "currency": "USD"}


@dataclass(frozen=True)
class Keyed:
    """A request with a key, which can be sent again, and what was answered at first."""

    path: str
    body: dict[str, Any]
    by: str
    key: str
    answer: Answer


@dataclass
class Life:
    """A shop, and what was done in it so far."""

    shop: Mixed
    on_hand: Counter[str] = field(default_factory=Counter)
    orders: list[str] = field(default_factory=list)
    keyed: list[Keyed] = field(default_factory=list)

    def post(self, path: str, body: dict[str, Any], by: str, *statuses: int) -> Answer:
        """To both versions with one key: one of them meets what the other has made."""
        key = f"key-{len(self.keyed)}"
        answer = expect(self.shop.both("POST", path, body, by=by, idempotency_key=key), *statuses)
        self.keyed.append(Keyed(path, body, by, key, answer))
        return answer

    def place(self, sku: str, quantity: int, by: str, *statuses: int) -> Answer:
        answer = self.post("/orders", {"lines": [{"sku": sku, "quantity": quantity}]}, by, *statuses)
        if answer.status == 202:
            self.orders.append(answer.body["id"])
        return answer

    def adjust(self, sku: str, delta: int) -> None:
        self.post(f"/products/{sku}/stock-adjustments", {"delta": delta, "reason": "count"}, STAFF, 201)
        self.on_hand[sku] += delta

    def revise(self, sku: str, changes: dict[str, Any]) -> None:
        """In the version that was read; once it is changed, that version is for neither code the one of now."""
        tag = expect(self.shop.both("GET", f"/catalogue/{sku}"), 200).headers["etag"]
        expect(self.shop.call("PATCH", f"/products/{sku}", changes, if_match=tag), 200)
        expect(self.shop.both("PATCH", f"/products/{sku}", {"name": "Late"}, if_match=tag), 412)


def expect(answer: Answer, *statuses: int) -> Answer:
    if answer.status not in statuses:
        raise WentWrong(f"not {statuses}: {answer}")
    return answer


def live(life: Life) -> None:
    """From the first product to the last order's rest; raises WentWrong."""
    shop = life.shop
    open_up(life)
    steps = list(STEPS)
    shop.chance.shuffle(steps)
    for step in steps:
        step(life)
        shop.move()
    for act in (give_up, order_too_much, order_at_todays_price, order_too_fast, sign_out, leave, come_to_rest):
        act(life)


def open_up(life: Life) -> None:
    for sku, status in (("tea", "active"), ("mug", "active"), ("cup", "draft")):
        body = {"sku": sku, "name": sku.title(), "price": PRICE, "category": "kitchen", "status": status}
        expect(life.shop.both("POST", "/products", body, idempotency_key=f"add-{sku}"), 201)
        life.adjust(sku, 12)
    for person in (ADA, BOB):
        name = person.partition(":")[2].title()
        body = {"email": f"{name}@example.com", "name": name}
        expect(life.shop.both("PUT", "/customers/me", body, by=person), 200)
    expect(life.shop.both("POST", "/customers", LIN | {"name": "Lin"}, by=""), 202)
    life.shop.settle()


def ada_orders_tea(life: Life) -> None:
    life.place("tea", life.shop.chance.randint(1, 3), ADA, 202)


def bob_orders_mugs(life: Life) -> None:
    life.place("mug", life.shop.chance.randint(1, 3), BOB, 202, 422)  # as long as they are sold


def somebody_cancels(life: Life) -> None:
    if life.orders:
        path = f"/orders/{life.shop.chance.choice(life.orders)}/cancel"
        expect(life.shop.both("POST", path), 200, 409)  # 409: it was rejected


def a_price_changes(life: Life) -> None:
    life.revise("tea", {"price": PRICE | {"amount": life.shop.chance.randint(100, 999)}})


def a_name_changes(life: Life) -> None:
    life.revise("tea", {"name": f"Tea of {life.shop.now}"})


def a_draft_is_published(life: Life) -> None:
    life.revise("cup", {"status": "active"})


def mugs_are_archived(life: Life) -> None:
    expect(life.shop.call("DELETE", "/products/mug", if_match="*"), 204)


def stock_is_counted(life: Life) -> None:
    life.adjust("cup", life.shop.chance.randint(1, 5))


def a_customer_moves(life: Life) -> None:
    expect(life.shop.call("PATCH", "/customers/me", {"name": "Ada L."}, by=ADA, if_match="*"), 200)


def an_account_is_used(life: Life) -> None:
    session = expect(life.shop.call("POST", "/sessions", LIN, by=""), 200).body
    expect(life.shop.call("POST", "/sessions/refresh", {"refresh_token": session["refresh_token"]}, by=""), 200)


def minutes_pass(life: Life) -> None:
    """And whoever waits asks again."""
    life.shop.now += timedelta(minutes=2)
    life.shop.tick()


STEPS: tuple[Callable[[Life], None], ...] = (
    *[ada_orders_tea] * 3,
    *[bob_orders_mugs] * 2,
    *[somebody_cancels] * 2,
    a_price_changes,
    a_name_changes,
    a_draft_is_published,
    mugs_are_archived,
    stock_is_counted,
    a_customer_moves,
    an_account_is_used,
    *[minutes_pass] * 2,
)


def give_up(life: Life) -> None:
    """An order whose every word is lost is cancelled at its deadline."""
    life.shop.settle()
    id = life.place("tea", 1, ADA, 202).body["id"]
    life.shop.lose()
    life.shop.now += timedelta(hours=24, minutes=1)
    life.shop.tick()
    order = life.shop.both("GET", f"/orders/{id}").body
    if (order["status"], order.get("reason")) != ("cancelled", "timed_out"):
        raise WentWrong(f"not given up: {order}")


def order_too_much(life: Life) -> None:
    life.place("tea", 100, ADA, 202)
    life.shop.move()


def order_at_todays_price(life: Life) -> None:
    """Of what was told of a product, either version has read the newest."""
    life.shop.settle()
    for sku in ("tea", "cup"):
        price = life.shop.both("GET", f"/products/{sku}", by="").body["price"]
        line = life.place(sku, 1, ADA, 202).body["lines"][0]
        if line["unit_price"] != price:
            raise WentWrong(f"{sku} costs {price}, and was ordered at {line}")
    life.place("mug", 1, ADA, 422)


def order_too_fast(life: Life) -> None:
    """Four orders a minute are allowed, and three were placed since the last one was given up."""
    life.place("tea", 1, ADA, 202)
    life.place("tea", 1, ADA, 429)


def sign_out(life: Life) -> None:
    """Tokens of before are no good with either version, as soon as it was heard."""
    shop, before = life.shop, bearer(ADA)
    expect(shop.call("DELETE", "/sessions", by="", authorization=before), 204)
    shop.settle()
    shop.now += timedelta(seconds=2)
    for path in ("/orders", "/customers/me"):
        expect(shop.both("GET", path, by="", authorization=before), 401)
        expect(shop.both("GET", path, by=ADA), 200)


def leave(life: Life) -> None:
    """Who was deactivated is out, and orders nothing any more; what was ordered goes on."""
    shop, before = life.shop, bearer(BOB)
    expect(shop.call("DELETE", "/customers/me", by=BOB, if_match="*"), 204)
    shop.settle()
    shop.now += timedelta(seconds=2)
    expect(shop.both("GET", "/orders", by="", authorization=before), 401)
    wanted = {"customer_id": "bob", "lines": [{"sku": "tea", "quantity": 1}]}
    expect(shop.both("POST", "/orders", wanted), 403)


def come_to_rest(life: Life) -> None:
    """Until nobody asks again: the longest wait is an hour."""
    shop = life.shop
    for _hour in range(30):
        shop.settle()
        shop.now += timedelta(minutes=61)
        shop.tick()
        if shop.is_still():
            return
    raise WentWrong("orders ask again for ever")
