"""How each route is asked for what it can do, and brought to each other answer that its document promises."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis import clock
from chassis.parsing import BODY
from infra.apps_in_process import app_folders
from infra.contracts.command import FOLDER
from tests import gateway
from tests.contracts.stocked import PRICE, ids
from tests.shop import Answer, Shop
from tests.tokens import STAFF

Document = dict[str, Any]
Ask = Callable[..., Answer]  # asks one route: body, path (with its query), caller and headers may be given anew
LINES = [{"sku": "tea", "quantity": 1}]
ACCOUNT = {"email": "mary@example.com", "password": "Difference-Engine-2"}
ONCE = "1/999999999"  # in thirty years
STRANGER = "customer:grace"  # of whom nobody has heard


def document(capability: str) -> Document:
    read: Document = json.loads((FOLDER / f"openapi/{capability}.json").read_text(encoding="utf-8"))
    return read


OPERATIONS = {
    operation["operationId"]: (capability, method.upper(), path, operation)
    for capability in app_folders()
    for path, methods in document(capability)["paths"].items()
    for method, operation in methods.items()
}


def account(shop: Shop) -> dict[str, str]:
    """Email and password of somebody who has signed up."""
    assert shop.call("POST", "/customers", ACCOUNT | {"name": "Mary"}).status == 202
    return ACCOUNT


def refresh_token(shop: Shop) -> str:
    return str(shop.call("POST", "/sessions", account(shop)).body["refresh_token"])


# A body that each route accepts, the query that it can not do without, and who asks where it is not staff.
ACCEPTED: dict[str, Callable[[Shop, dict[str, str]], Any]] = {
    "sign_up": lambda shop, ids: ACCOUNT | {"name": "Mary"},
    "sign_in": lambda shop, ids: account(shop),
    "refresh": lambda shop, ids: {"refresh_token": refresh_token(shop)},
    "register_customer": lambda shop, ids: {"email": "ada@example.com", "name": "Ada"},
    "revise_customer": lambda shop, ids: {"name": "Countess"},
    "place_order": lambda shop, ids: {"customer_id": ids["customer_id"], "lines": LINES},
    "add_product": lambda shop, ids: {"sku": "mug", "name": "Mug", "price": PRICE},
    "revise_product": lambda shop, ids: {"name": "Green tea"},
    "adjust_stock": lambda shop, ids: {"delta": 1, "reason": "found behind the shelf"},
}
QUERIES: dict[str, str] = {"list_orders": "?customer_id={customer_id}"}
BY: dict[str, str] = {"register_customer": "customer:ada"}
# How a route comes to an answer where others come to it in another way, and what the deployment then has set.
OWN: dict[tuple[str, str], Callable[[Shop, Ask], Answer]] = {
    ("sign_in", "401"): lambda shop, ask: ask(ACCOUNT | {"password": "Analytical-Engine-1"}),
    ("refresh", "401"): lambda shop, ask: ask({"refresh_token": "nobodys"}),
    ("place_order", "403"): lambda shop, ask: ask({"lines": LINES}, by=STRANGER),
    ("list_orders", "404"): lambda shop, ask: ask(by=STRANGER),
    ("sign_up", "404"): lambda shop, ask: ask(),
    ("sign_in", "404"): lambda shop, ask: ask(ACCOUNT),
    ("refresh", "404"): lambda shop, ask: ask({"refresh_token": "anybodys"}),
    ("register_customer", "409"): lambda shop, ask: ask(path="/customers/me", by=f"customer:{erased_customer(shop)}"),
    ("revise_customer", "409"): lambda shop, ask: ask(path=f"/customers/{deactivated_customer(shop)}"),
    ("place_order", "409"): lambda shop, ask: ask({"lines": LINES}, by="customer:ada"),
    ("cancel_order", "409"): lambda shop, ask: ask(path=f"/orders/{rejected_order(shop)}/cancel"),
    ("add_product", "409"): lambda shop, ask: ask({"sku": "tea", "name": "Tea again", "price": PRICE}),
    ("adjust_stock", "409"): lambda shop, ask: ask({"delta": -1000, "reason": "a flood"}),
    ("sign_up", "429"): lambda shop, ask: twice(ask),
    ("sign_in", "429"): lambda shop, ask: twice(ask, ACCOUNT),
    ("place_order", "429"): lambda shop, ask: twice(ask, {"lines": LINES}, by="customer:ada"),
}
SETTINGS: dict[tuple[str, str], tuple[str, str]] = {
    **dict.fromkeys((("sign_up", "404"), ("sign_in", "404"), ("refresh", "404")), ("CUSTOMERS_USER_POOL_ID", "")),
    ("place_order", "409"): ("ORDERS_OPEN_LIMIT", "0"),
    ("place_order", "429"): ("ORDERS_PLACING_LIMIT", ONCE),
    ("sign_in", "429"): ("CUSTOMERS_SIGN_IN_LIMIT", ONCE),
    ("sign_up", "429"): ("CUSTOMERS_SIGN_UP_LIMIT", ONCE),
}


def twice(ask: Ask, *given: Any, **more: str) -> Answer:
    ask(*given, **more)
    return ask(*given, **more)


def deactivated_customer(shop: Shop) -> str:
    customer = shop.customer("mary")
    assert shop.call("DELETE", f"/customers/{customer}", if_match="*").status == 204
    return customer


def erased_customer(shop: Shop) -> str:
    """Whose token was issued since, as another issuer's may be."""
    customer = shop.customer("mary")
    clock.use(lambda: datetime.now(UTC) - timedelta(seconds=10))
    assert shop.call("DELETE", f"/customers/{customer}/personal-data", if_match="*").status == 204
    clock.use(None)
    return customer


def rejected_order(shop: Shop) -> str:
    lines = [{"sku": "tea", "quantity": 1000}]
    placed = shop.call("POST", "/orders", {"customer_id": ids(shop)["customer_id"], "lines": lines})
    shop.settle()
    return str(placed.body["id"])


def provoked(name: str, status: str, shop: Shop, ask: Ask) -> Answer:
    """The answer of that status, or to what the route accepts where the status is that of its success."""
    if (name, status) in OWN:
        return OWN[name, status](shop, ask)
    capability, method, path, _ = OPERATIONS[name]
    unknown = re.sub(r"{\w+}", "nobody", path)
    ways: dict[str, Callable[[], Answer]] = {
        "304": lambda: ask(if_none_match="*"),
        "400": lambda: no_text(shop, capability, path) if method == "GET" else ask(b"{"),
        "401": lambda: ask(by="", authorization="Bearer of.bad.news"),
        "403": lambda: ask(by="customer:ada"),
        "404": lambda: ask(path=unknown),
        "412": lambda: ask(if_match='"99"'),
        "413": lambda: ask(b" " * (BODY + 1)),
        "415": lambda: ask(b"x", content_type="text/plain"),
        "422": lambda: ask(path=f"{unknown}?nonsense=1"),
        "428": lambda: ask(if_match=None),
    }
    return ways.get(status, ask)()


def no_text(shop: Shop, capability: str, path: str) -> Answer:
    """The answer to a query that is no text, which only a broken client sends."""
    names = dict.fromkeys(re.findall(r"{(\w+)}", path), "x")
    reply = gateway.ask(shop.apps[capability].app, "GET", path, names, query="%FF=")
    return Answer(reply.status, reply.headers, reply.body)


def asking(name: str, shop: Shop, there: dict[str, str]) -> Ask:
    """Asks the route for what it can do, but for what is given."""
    _, method, template, _ = OPERATIONS[name]

    def ask(body: Any = None, *, path: str | None = None, by: str = BY.get(name, STAFF), **given: str | None) -> Answer:
        conditions: dict[str, str | None] = {"if_match": "*"} if method in ("PATCH", "DELETE") else {}
        headers = {key: value for key, value in (conditions | given).items() if value is not None}
        if body is None and name in ACCEPTED:
            body = ACCEPTED[name](shop, there)
        where = path or (template + QUERIES.get(name, "")).format(**there)
        return shop.call(method, where, body, by, **headers)

    return ask
