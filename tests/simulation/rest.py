"""What holds once the faults have ended and nothing moves any more."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chassis.items import read_item
from tests.simulation import persons
from tests.simulation.answers import Answers
from tests.simulation.people import POISON, RELIC
from tests.simulation.world import BEGAN, World, event_of

HOUR = 3600.0
CALM = 8 * HOUR  # an order asks each hour at least: in so long a time without an outage it is answered
SETTLED = {"confirmed": "reserved", "rejected": "refused", "cancelled": "released"}
READ = {"customer": ("orders", ("status",)), "product": ("orders", ("status", "name", "price"))}
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
    orders = dict(_all(world, "orders", "order"))
    reservations = dict(_all(world, "products", "reservation"))
    for id, order in orders.items():
        _order(world, order, reservations.get(id))
        _cause(world, answers, order)
    for id, reservation in reservations.items():
        if id not in orders:
            world.violate("a reservation is an order's", reservation)
    _stocks(world, reservations)
    _acknowledged(world, answers, orders)
    _told(world)
    _copies(world)
    _letters(world)
    persons.look_at_rest(world)


def _all(world: World, table: str, kind: str) -> Iterator[tuple[str, Plain]]:
    for key, item in world.dynamodb.tables[table].items.items():
        if key.startswith(f"{kind}#"):
            yield key.partition("#")[2], read_item(item)


def _order(world: World, order: Plain, reservation: Plain | None) -> None:
    """Confirmed: its lines are held; anything else: nothing is."""
    if order["status"] == "placed" or order.get("ask_at"):
        world.violate("every order comes to an end", order)
        return
    if reservation is None or reservation["status"] != SETTLED[order["status"]]:
        world.violate("stock and order say the same", f"{order} and {reservation}")
        return
    wanted = [(line["sku"], line["quantity"]) for line in order["lines"]]
    held = [(line["sku"], line["quantity"]) for line in reservation.get("lines", ())]
    if order["status"] == "confirmed" and wanted != held:
        world.violate("what is held is what was ordered", f"{order} and {reservation}")


def _cause(world: World, answers: Answers, order: Plain) -> None:
    asked, reason = answers.asked_to_cancel.get(order["id"], set()), order.get("reason")
    true = {
        None: order["status"] == "confirmed",
        "out_of_stock": order["status"] == "rejected" and bool(order.get("shortages")),
        "by_customer": order["status"] == "cancelled" and "customer" in asked,
        "by_staff": order["status"] == "cancelled" and "staff" in asked,
        "timed_out": order["status"] == "cancelled" and _was_cut_off(world, order),
    }[reason]
    if not true:
        world.violate("no order ends without a true cause", f"{order}; outages: {world.outages}")


def _was_cut_off(world: World, order: Plain) -> bool:
    """Whether outages left the order no time, from its placing to its deadline, in which to be answered."""
    since = (datetime.fromisoformat(order["placed_at"]) - BEGAN).total_seconds()
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
    for sku, stock in _all(world, "products", "stock"):
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
    made = {adjustment["id"] for _, adjustment in _all(world, "products", "adjustment")}
    for adjustment in answers.adjustments.values():
        if adjustment["id"] not in made:
            world.violate("an adjustment that was acknowledged was made", adjustment)
    adjusted = Counter(_key(each) for _, each in _all(world, "products", "adjustment"))
    for mark, times in adjusted.items():
        if mark and times > 1:
            world.violate("a key makes one adjustment", mark)
    keys = Counter((order["customer_id"], mark) for order in orders.values() if (mark := _key(order)))
    for key, times in keys.items():
        if times > 1:
            world.violate("a customer's key makes one order", key)


def _letters(world: World) -> None:
    """What was set aside can be heard by now, but for what nobody ever can; relays set aside what was refused alone."""
    for name, queue in world.sqs.queues.items():
        for message in queue.waiting:
            if name.endswith("inbox-dlq") and message.body not in POISON:
                world.violate("a dead letter that is given back is heard", message.body)
            if name.endswith("relay-dlq") and message.body not in world.faults.refused and RELIC not in message.body:
                world.violate("a relay sets aside what was refused for good alone", message.body)
            if name.endswith("relay-dlq") and not message.attributes.get("cause"):
                world.violate("what a relay sets aside has its cause", message.body)


def _key(order: Plain) -> str:
    return str(order.get("made_by") or "").partition("/")[0]


def set_aside(world: World) -> set[str]:
    """The events that stand in some queue of dead letters."""
    dead = [queue for name, queue in world.sqs.queues.items() if name.endswith("dlq")]
    return {event_of(message.body) for queue in dead for message in queue.waiting}


def _told(world: World) -> None:
    """Every fact reached all who listen to it, or stands in a queue of dead letters, or was lost to a known outage."""
    excused = world.lost | world.aged | set_aside(world)
    for event, queues in world.told.items():
        for queue in sorted(queues):
            if (queue, event) not in world.heard and event not in excused:
                world.violate("every fact reaches all who listen", f"{event} never came to {queue}")
    long = [each for each in world.outages if each.way.endswith("-stream") and each.until - each.since > 22 * HOUR]
    if (world.lost or world.aged) and not long:
        world.violate("nothing is lost but to a stream that is off for a day", world.lost | world.aged)


def _copies(world: World) -> None:
    """What orders knows of others is the last that they told, unless that was set aside or lost."""
    excused = world.lost | world.aged | set_aside(world)
    last: dict[tuple[str, str], int] = defaultdict(int)
    for event in world.told:
        kind, id, version, _ = event.split("/")
        if event not in excused and world.told[event]:
            last[kind, id] = max(last[kind, id], int(version))
    for kind, (hearer, names) in READ.items():
        teller = f"{kind}s"
        copies = dict(_all(world, hearer, kind))
        for id, own in _all(world, teller, kind):
            copy = copies.get(id, {})
            if copy.get("version", 0) < last[kind, id]:
                world.violate("a copy has the last that was told", f"{copy} of {own}")
            if copy.get("version") == own["version"] and any(copy[name] != own[name] for name in names):
                world.violate("a copy is what it is a copy of", f"{copy} of {own}")
