"""What holds once the faults have ended and nothing moves any more."""

from collections import Counter
from typing import Any

from tests.simulation import persons
from tests.simulation.answers import Answers
from tests.simulation.copies import all_of, look_at_what_was_healed
from tests.simulation.world import World, seconds

HOUR = 3600.0
CALM = 8 * HOUR  # an order asks each hour at least: in so long a time without an outage it is answered
SETTLED = {"confirmed": {"reserved"}, "rejected": {"refused"}, "cancelled": {"released"}}
Plain = dict[str, Any]


def is_quiet(world: World) -> bool:
    """Whether nothing is under way: no function runs, no message waits, all streams are told, no order asks."""
    return (
        not world.busy
        and not any(queue.waiting for queue in world.inboxes.values())
        and all(
            not shard or shard[-1].number <= world.places[name, number]
            for name, table in world.dynamodb.tables.items()
            for number, shard in enumerate(table.stream.shards)
        )
        and not any("ask_at" in item for item in world.dynamodb.tables["orders"].items.values())
    )


def look(world: World, answers: Answers) -> None:
    """Holds all that is there against the rules of rest."""
    orders = dict(all_of(world, "orders", "order"))
    reservations = dict(all_of(world, "products", "reservation"))
    for id, order in orders.items():
        _order(world, order, reservations.get(id))
        _cause(world, answers, order)
    for id, reservation in reservations.items():
        if id not in orders and not ("orders" in world.floors and reservation["status"] == "released"):
            world.violate("a reservation is an order's", reservation)
    _stocks(world, reservations)
    _acknowledged(world, answers, orders)
    look_at_what_was_healed(world)
    persons.look_at_rest(world)


def _order(world: World, order: Plain, reservation: Plain | None) -> None:
    """Confirmed: its lines are held; anything else: nothing is."""
    if order["status"] == "placed" or order.get("ask_at"):
        world.violate("every order comes to an end", order)
        return
    status = reservation["status"] if reservation else "not there"
    if status not in SETTLED[order["status"]] and not _restored(world, order, status):
        world.violate("stock and order say the same", f"{order} and {reservation}")
        return
    wanted = [(line["sku"], line["quantity"]) for line in order["lines"]]
    held = [(line["sku"], line["quantity"]) for line in (reservation or {}).get("lines", ())]
    if order["status"] == "confirmed" and status == "reserved" and wanted != held:
        world.violate("what is held is what was ordered", f"{order} and {reservation}")


def _restored(world: World, order: Plain, status: str) -> bool:
    """Whether a restore excuses it: the answer to a rejected order may be lost, and so the stock of a confirmed one."""
    if order["status"] == "rejected":
        return status == "released" and bool(world.floors.keys() & {"orders", "products"})
    if "products" not in world.floors or status not in ("refused", "not there"):
        return False
    there = {sku: stock["available"] for sku, stock in all_of(world, "products", "stock")}
    short = any(there.get(line["sku"], 0) < line["quantity"] for line in order["lines"])
    return order["status"] == "confirmed" and short


def _cause(world: World, answers: Answers, order: Plain) -> None:
    asked, reason = answers.asked_to_cancel.get(order["id"], set()), order.get("reason")
    true = {
        None: order["status"] == "confirmed",
        "out_of_stock": order["status"] == "rejected" and bool(order.get("shortages")),
        "by_customer": order["status"] == "cancelled" and "customer" in asked,
        "by_staff": order["status"] == "cancelled" and ("staff" in asked or order["id"] in world.undone),
        "timed_out": order["status"] == "cancelled" and _was_cut_off(world, order),
    }[reason]
    if not true:
        world.violate("no order ends without a true cause", f"{order}; outages: {world.outages}")


def _was_cut_off(world: World, order: Plain) -> bool:
    """Whether outages left the order no time, from its placing to its deadline, in which to be answered."""
    since = seconds(order["placed_at"])
    until = since + 24 * HOUR
    free = since
    for outage in sorted(world.outages, key=lambda each: each.since):
        if "customers" in outage.way:
            continue
        if min(outage.since, until) - free >= CALM:
            return False
        free = max(free, outage.until)
    return until - free < CALM


def _stocks(world: World, reservations: dict[str, Plain]) -> None:
    """After the last write too, and not only at each write of a stock."""
    held = Counter[str]()
    for reservation in reservations.values():
        for line in reservation.get("lines", ()) if reservation["status"] == "reserved" else ():
            held[line["sku"]] += line["quantity"]
    for sku, stock in all_of(world, "products", "stock"):
        if stock["reserved"] != held[sku]:
            world.violate("what is reserved is held by reservations", f"{stock}, held {held[sku]}")


def _acknowledged(world: World, answers: Answers, orders: dict[str, Plain]) -> None:
    for id, shown in answers.acknowledged.items():
        if id not in orders:
            world.violate("an order that was acknowledged exists", shown)
        elif any(orders[id][name] != shown[name] for name in ("customer_id", "lines", "total")):
            world.violate("an order is what was acknowledged", f"{shown} and {orders[id]}")
    for id in answers.cancelled:
        if orders[id]["status"] != "cancelled":
            world.violate("an order that was cancelled stays so", orders[id])
    made = {adjustment["id"] for _, adjustment in all_of(world, "products", "adjustment")}
    for adjustment in answers.adjustments.values():
        if adjustment["id"] not in made:
            world.violate("an adjustment that was acknowledged was made", adjustment)
    adjusted = Counter(_key(each) for _, each in all_of(world, "products", "adjustment"))
    for mark, times in adjusted.items():
        if mark and times > 1:
            world.violate("a key makes one adjustment", mark)
    keys = Counter((order["customer_id"], mark) for order in orders.values() if (mark := _key(order)))
    for key, times in keys.items():
        if times > 1:
            world.violate("a customer's key makes one order", key)


def _key(order: Plain) -> str:
    return str(order.get("made_by") or "").partition("/")[0]
