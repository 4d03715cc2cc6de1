"""What lists show at rest: every customer's own orders, the newest first, and every product under its status."""

from collections import defaultdict
from collections.abc import Callable

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
        asked = Asked(f"customer:{customer}", "GET", "/orders?limit=100")
        _hold(world, asked, ask(asked), "id", newest)
    for status in ("active", "draft", "archived"):
        asked = Asked("staff:boss", "GET", f"/catalogue?status={status}&limit=100")
        _hold(world, asked, ask(asked), "sku", sorted(products[status]))


def ask(world: World, asked: Asked) -> Answer | None:
    """Lets the world go on until it has answered."""
    answers: list[Answer | None] = []
    world.scheduler.spawn("reader", lambda: answers.append(send(world, asked)))
    world.scheduler.run(lambda: bool(answers), 1000)
    return answers[0]


def _hold(world: World, asked: Asked, answer: Answer | None, name: str, wanted: list[str]) -> None:
    shown = [item[name] for item in answer.body["items"]] if answer and answer.done else answer
    if shown != wanted:
        world.violate("a list shows what is there", f"{asked}: {shown}, not {wanted}")
