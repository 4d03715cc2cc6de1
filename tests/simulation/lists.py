"""What lists show at rest: every customer's own orders, the newest first, and every product under its status."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from chassis.items import read_item
from tests.simulation.requests import Answer, Asked, send
from tests.simulation.world import World


def look(world: World, ask: Callable[[Asked], Answer | None]) -> None:
    """Asks as people do, and holds it against what is there."""
    orders: dict[str, list[tuple[str, str]]] = defaultdict(list)
    products: dict[str, list[str]] = defaultdict(list)
    for item in map(read_item, world.dynamodb.tables["orders"].items.values()):
        if "placed_at" in item:
            orders[item["customer_id"]].append((item["placed_key"], item["id"]))
    for key, item in world.dynamodb.tables["products"].items.items():
        if key.startswith("product#"):
            products[item["status"]["S"]].append(item["sku"]["S"])
    for customer, own in orders.items():
        newest = [id for _, id in sorted(own, reverse=True)]
        asked = Asked(f"customer:{customer}", "GET", "/orders?limit=2")
        _hold(world, asked, ask, "id", newest)
    for status in ("active", "draft", "archived"):
        asked = Asked("staff:boss", "GET", f"/catalogue?status={status}&limit=2")
        _hold(world, asked, ask, "sku", sorted(products[status]))


def ask(world: World, asked: Asked) -> Answer | None:
    """Lets the world go on until it has answered who signed in anew for that."""
    answers: list[Answer | None] = []
    world.tokens.renew(asked.by)
    world.scheduler.spawn("reader", lambda: answers.append(send(world, asked)))
    world.scheduler.run(lambda: bool(answers), 1000)
    return answers[0]


def _hold(world: World, asked: Asked, ask: Callable[[Asked], Answer | None], name: str, wanted: list[str]) -> None:
    """Page by page."""
    shown, path = list[str](), asked.path
    while path:
        answer = ask(replace(asked, path=path))
        if answer is None or not answer.done:
            world.violate("a list shows what is there", f"{asked}: {answer}")
            return
        shown += [item[name] for item in answer.body["items"]]
        after = answer.body.get("next_cursor")
        path = f"{asked.path}&cursor={quote(after)}" if after else ""
    if shown != wanted:
        world.violate("a list shows what is there", f"{asked}: {shown}, not {wanted}")
