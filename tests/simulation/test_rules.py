"""No rule is dead: what no deliberate fault of the page shows is shown by a world that was made wrong by hand."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chassis.items import write_item
from tests.simulation import letters, page, rest
from tests.simulation.answers import Answers
from tests.simulation.cloud.dynamodb import Item
from tests.simulation.deliberate import instead
from tests.simulation.exhaustive import with_faults
from tests.simulation.requests import Answer, Asked
from tests.simulation.world import World

WRONG: dict[str, Callable[[World, Answers], object]] = {}
C0 = "customer:c0"
Corrupt = Callable[[World, Answers], object]


def wrong(rule: str) -> Callable[[Corrupt], Corrupt]:
    """What has to be seen as that."""

    def listed(corrupt: Corrupt) -> Corrupt:
        WRONG[rule] = corrupt
        return corrupt

    return listed


def one(world: World, table: str, kind: str) -> tuple[str, Item]:
    return next(each for each in world.dynamodb.tables[table].items.items() if each[0].startswith(f"{kind}#"))


def stands(world: World, table: str, kind: str, **changes: Any) -> None:
    """It is otherwise, and nobody saw it being written."""
    key, item = one(world, table, kind)
    world.dynamodb.tables[table].items[key] = item | write_item(changes)


def is_saved(world: World, table: str, kind: str, **changes: Any) -> None:
    """It is written otherwise, as its next version."""
    _, item = one(world, table, kind)
    version = int(item["version"]["N"]) + 1
    world.dynamodb.put_item(TableName=table, Item=item | write_item({"version": version, **changes}))


def is_gone(world: World, table: str, kind: str) -> None:
    del world.dynamodb.tables[table].items[one(world, table, kind)[0]]


def is_answered(answers: Answers, asked: Asked, body: Any) -> None:
    answers.sent(asked)
    answers.take(asked, Answer(200, body))


@wrong("a copy is healed")
def _(world: World, answers: Answers) -> None:
    is_gone(world, "orders", "customer")


@wrong("a copy is what it is a copy of")
def _(world: World, answers: Answers) -> None:
    stands(world, "orders", "product", name="another")


@wrong("a customer's key makes one order")
def _(world: World, answers: Answers) -> None:
    _, order = one(world, "orders", "order")
    world.dynamodb.tables["orders"].items["order#again"] = order | {"id": {"S": "again"}}


@wrong("a dead letter that is given back is heard")
def _(world: World, answers: Answers) -> None:
    world.sqs.queues["orders-inbox-dlq"].put('{"id": "order/x/1/0"}')


@wrong("an adjustment is made once")
def _(world: World, answers: Answers) -> None:
    is_saved(world, "products", "adjustment", delta=7)


@wrong("an adjustment that was acknowledged was made")
def _(world: World, answers: Answers) -> None:
    is_gone(world, "products", "adjustment")


@wrong("an erased customer does not come back")
def _(world: World, answers: Answers) -> None:
    world.erased.add("c0")
    is_answered(answers, Asked(C0, "PUT", "/customers/me"), {})


@wrong("an erasure that was acknowledged was made")
def _(world: World, answers: Answers) -> None:
    is_answered(answers, Asked(C0, "DELETE", "/customers/me/personal-data"), None)


@wrong("an order is what was acknowledged")
def _(world: World, answers: Answers) -> None:
    stands(world, "orders", "order", total={"amount": 1, "currency": "USD"})


@wrong("an order that was acknowledged exists")
def _(world: World, answers: Answers) -> None:
    is_gone(world, "orders", "order")


@wrong("no copy is newer than what it is a copy of")
def _(world: World, answers: Answers) -> None:
    stands(world, "orders", "product", version=99)


@wrong("nothing is taken away but an answer that stands in the way")
def _(world: World, answers: Answers) -> None:
    world.dynamodb.delete_item(TableName="products", Key={"pk": {"S": "stock#p0"}})


@wrong("on hand is what adjustments came to")
def _(world: World, answers: Answers) -> None:
    is_saved(world, "products", "stock", on_hand=1000, available=1000 - 1)


@wrong("the total is the sum of the lines")
def _(world: World, answers: Answers) -> None:
    lines = [{"sku": "p0", "quantity": 1, "total": {"amount": 5}}]
    body = {"id": "x", "customer_id": "c0", "lines": lines, "total": {"amount": 6}}
    is_answered(answers, Asked(C0, "POST", "/orders", {"lines": [{"sku": "p0", "quantity": 1}]}), body)


@wrong("what a relay sets aside has its cause")
def _(world: World, answers: Answers) -> None:
    world.sqs.queues["orders-relay-dlq"].put("{}")
    letters.look(world)


@wrong("what is held is what was ordered")
def _(world: World, answers: Answers) -> None:
    stands(world, "products", "reservation", lines=[{"sku": "p0", "quantity": 99}])


@wrong("what was ordered stays as it was")
def _(world: World, answers: Answers) -> None:
    is_saved(world, "orders", "order", total={"amount": 1, "currency": "USD"})


@wrong("who cancels is shown a cancelled order")
def _(world: World, answers: Answers) -> None:
    id = one(world, "orders", "order")[0].partition("#")[2]
    is_answered(answers, Asked(C0, "POST", f"/orders/{id}/cancel"), {"id": id, "customer_id": "c0", "status": "placed"})


@wrong("who was erased stays so after a restore")
def _(world: World, answers: Answers) -> None:
    stands(world, "orders", "allowance", closed=True)


@pytest.mark.parametrize("rule", WRONG)
def test_a_world_that_is_wrong_breaks_its_rule(rule: str) -> None:
    look = rest.look

    def worse(world: World, answers: Answers) -> None:
        WRONG[rule](world, answers)
        look(world, answers)

    with instead(rest, "look", worse):
        assert rule in {each.rule for each in with_faults("an order is confirmed").outcome.violations}


def test_every_rule_is_shown_by_a_deliberate_fault_or_by_a_world_that_is_wrong() -> None:
    texts = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    rules = {rule for text in texts for rule in re.findall(r"\.violate\(\s*\"(.+?)\"", text)}
    assert rules == WRONG.keys() | {each.rule for each in page.caught()}
