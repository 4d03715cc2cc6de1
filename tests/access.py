"""Who may do what, door by door: the one table, and what it means for each caller and each thing."""

from dataclasses import dataclass
from typing import Literal

from infra.apps_in_process import load_apps

Caller = Literal["nobody", "customer", "deactivated", "staff", "service"]
Thing = Literal["own", "another's", "missing"]
CALLERS: tuple[Caller, ...] = ("nobody", "customer", "deactivated", "staff", "service")
THINGS: tuple[Thing, ...] = ("own", "another's", "missing")


@dataclass(frozen=True)
class Rule:
    """Who may, and what such a one is answered; `closed` is what a deactivated customer is answered, if another.

    Such a one bears a token that was issued since, as an issuer may that keeps accounts of its own: older ones are
    good no more.

    public: everybody. signed in: everybody who is. self: nobody but the customer. owner: that one, and staff, to whom
    services belong. staff: staff alone.
    """

    who: Literal["public", "signed in", "self", "owner", "staff"]
    done: int
    closed: int | None = None


RULES = {
    "POST /customers": Rule("public", 202),
    "PUT /customers/{customer_id}": Rule("self", 200),
    "GET /customers/{customer_id}": Rule("owner", 200),
    "PATCH /customers/{customer_id}": Rule("owner", 200, closed=409),
    "DELETE /customers/{customer_id}": Rule("owner", 204),
    "DELETE /customers/{customer_id}/personal-data": Rule("owner", 204),
    "POST /sessions": Rule("public", 200),
    "POST /sessions/refresh": Rule("public", 200),
    "DELETE /sessions": Rule("signed in", 204),
    "POST /orders": Rule("signed in", 202, closed=403),
    "GET /orders": Rule("signed in", 200),
    "GET /orders/{order_id}": Rule("owner", 200),
    "POST /orders/{order_id}/cancel": Rule("owner", 200),
    "GET /products": Rule("public", 200),
    "GET /products/{sku}": Rule("public", 200),
    "GET /products/{sku}/stock": Rule("public", 200),
    "GET /catalogue": Rule("staff", 200),
    "GET /catalogue/{sku}": Rule("staff", 200),
    "POST /products": Rule("staff", 201),
    "PATCH /products/{sku}": Rule("staff", 200),
    "DELETE /products/{sku}": Rule("staff", 204),
    "POST /products/{sku}/stock-adjustments": Rule("staff", 201),
}
DOORS = {f"{door.method} {door.path}": (name, door) for name, app in load_apps().items() for door in app.door.all}


def expected(rule: Rule, caller: Caller, thing: Thing) -> int:
    """The status that the table means for a request that is right in all else."""
    if rule.who == "public":
        return 404 if thing == "missing" else rule.done
    if caller == "nobody":
        return 401
    if caller in ("staff", "service"):
        return 404 if thing == "missing" or rule.who == "self" else rule.done
    if rule.who == "staff":
        return 403
    if thing != "own":
        return 404
    return rule.closed or rule.done if caller == "deactivated" else rule.done


def things(door: str, caller: Caller) -> tuple[Thing, ...]:
    """Whose things the caller may name in the path: nobody names anything where the path has no name."""
    rule, named = RULES[door], "{" in door
    if not named:
        return ("own",)
    if rule.who in ("public", "staff") or caller not in ("customer", "deactivated"):
        return ("another's", "missing")
    return THINGS
