"""The operators' tools in the simulation: they do what they do elsewhere, and one that was killed does nothing more."""

from collections.abc import Callable

import pytest

from infra.operate.place import Place
from tests.simulation import letters, operators
from tests.simulation.clients import Crash
from tests.simulation.world import World

LETTER = '{"id": "order/1/1/0", "type": "emporium.orders.OrderPlaced.v1"}'


def in_a_world(do: Callable[[World], object]) -> World:
    """A world without people, in which nothing goes wrong and that alone is done."""
    world = World(0)
    world.faults.heal()
    with world.entered():
        task = world.scheduler.spawn("operator", lambda: do(world))
        world.scheduler.run(lambda: task.done, 1000)
    return world


def test_an_inboxs_letters_are_put_back_into_it_and_what_is_no_event_stays() -> None:
    def redrive(world: World) -> None:
        for body in (LETTER, "not json"):
            world.sqs.queues["products-inbox-dlq"].put(body)
        assert letters.redrive(world, "products", "inbox")

    world = in_a_world(redrive)
    assert [each.body for each in world.sqs.queues["products-inbox"].waiting] == [LETTER]
    assert [each.body for each in world.sqs.queues["products-inbox-dlq"].waiting] == ["not json"]


def test_a_tool_that_was_killed_makes_no_more_calls_and_is_run_again_by_whoever_wants() -> None:
    def tool(place: Place) -> None:
        try:
            place.sqs.get_queue_url(QueueName="orders-inbox")
            raise Crash
        finally:
            with pytest.raises(Crash):
                place.sqs.send_message(QueueUrl="orders-inbox", MessageBody="after its end")

    def killed(world: World) -> None:
        world.faults.healed, world.faults.rates = False, {"tool of an operator killed": 1.0}
        assert not operators.run(world, "tool", tool)

    world = in_a_world(killed)
    assert not world.sqs.queues["orders-inbox"].waiting
    assert world.faults.counted["tool of an operator killed"] == 1
    assert world.busy == 0


def test_a_tool_reads_a_table_by_pages() -> None:
    found: list[str] = []

    def scan(world: World) -> None:
        for number in range(120):
            world.dynamodb.put_item(TableName="orders", Item={"pk": {"S": f"{number:03d}"}})
        pages = operators.a_place(world).dynamodb.get_paginator("scan").paginate(TableName="orders")
        found.extend(item["pk"]["S"] for page in pages for item in page["Items"])

    in_a_world(scan)
    assert found == [f"{number:03d}" for number in range(120)]
