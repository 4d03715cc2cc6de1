"""What is known of people, and what an erasure promises: nothing of it stands or is shown anywhere any more."""

from collections.abc import Iterable
from typing import Any

from chassis.items import read_item
from tests.simulation.world import World


def person(name: str) -> dict[str, Any]:
    """What is known of a customer, in words that stand nowhere else by chance."""
    return {"email": f"mail.of.{name}@example.com", "name": f"Name of {name}"}


def hold(world: World, names: Iterable[str], where: str, what: object) -> None:
    """Nothing of these people may be in what stands, or is shown, there."""
    for name in names:
        if any(word in str(what) for word in person(name).values()):
            world.violate("nothing of an erased person is left", f"{name}, in {where}: {what}")


def erased(world: World, name: str) -> None:
    """It was acknowledged that somebody is erased: from now on nothing of them stands anywhere."""
    if "erased_at" not in world.dynamodb.tables["customers"].items.get(f"customer#{name}", {}):
        world.violate("an erasure that was acknowledged was made", name)
    world.erased.add(name)
    look(world)


def look(world: World) -> None:
    """All tables and queues; a stream keeps what was there before for its 24 hours."""
    for table, kept in world.dynamodb.tables.items():
        hold(world, world.erased, table, list(kept.items.values()) if world.erased else "")
    for queue, held in world.sqs.queues.items():
        hold(world, world.erased, queue, [message.body for message in held.waiting])


def look_at_rest(world: World) -> None:
    """Nothing has come back, and whoever heard of an erasure has forgotten what it counted."""
    look(world)
    orders = world.dynamodb.tables["orders"].items
    for key, item in world.dynamodb.tables["customers"].items.items():
        if not key.startswith("customer#") or "erased_at" not in item:
            continue
        customer = read_item(item)
        told = f"customer/{customer['id']}/{customer['version']}/CustomerErased"
        counted = orders.get(f"allowance#{customer['id']}", {})
        if ("orders-inbox", told) in world.heard and "closed" not in counted:
            world.violate("what was counted of an erased customer is gone for good", counted)
