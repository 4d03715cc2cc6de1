"""Items that no release of ours can tell, of another one or too long: relays set them aside, and hold up nobody."""

from typing import Any

from chassis import clock
from chassis.messages import SIZE
from tests.simulation.letters import RELIC
from tests.simulation.world import World


def leave_relic(world: World, table: str) -> None:
    """An item of another release, which tells a fact that this one does not know."""
    _leave(world, table, "Unheard")


def leave_long_relic(world: World) -> None:
    """An item that can be kept, and whose fact is longer than a message may be."""
    _leave(
        world,
        "products",
        "ProductAdded",
        sku={"S": "relic"},
        name={"S": "x" * SIZE},
        price={"M": {"amount": {"N": "1"}, "currency": {"S": "USD"}}},
        status={"S": "draft"},
        **{name: {"S": clock.stamp(clock.now())} for name in ("created_at", "changed_at")},
    )


def _leave(world: World, table: str, fact: str, **more: Any) -> None:
    outbox = {"L": [{"M": {"fact": {"S": fact}, "trace": {"S": ""}}}]}
    key = f"{RELIC}{world.chance.getrandbits(32):x}"
    item = {"pk": {"S": key}, "version": {"N": "1"}, "outbox": outbox} | more
    world.dynamodb.put_item(TableName=table, Item=item)
