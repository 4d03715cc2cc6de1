"""Has products and orders agree again: asks for the stock of orders that hold none, and frees what nobody ordered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chassis import clock, items, relay
from chassis.messages import Message
from infra.operate.facts import Wanted, facts_of, find, get
from infra.operate.restoring.agreement import Need, Plain, lacking, question, release, short
from infra.operate.restoring.table import Run, Step, hundreds

ASKED: Mapping[Need, str] = {
    "stock": "OrderPlaced",
    "stock anew": "OrderPlaced",
    "question": "OrderPlaced",
    "release": "OrderCancelled",
}


def agree(run: Run) -> Iterator[Step]:
    """Looks at every order and at every answer; orders that wait ask after those that are confirmed."""
    available, waiting = dict[str, int](), list[Message[Any]]()
    facts = facts_of("orders")
    for batch in hundreds(find(run.place, "orders", Wanted("order"))):
        orders = [items.read_item(item) for item in batch]
        answers = _answers(run, orders)
        needs = [(order, need) for order in orders if (need := lacking(order, answers.get(order["id"])))]
        _look_at_shelves(run, [order for order, need in needs if need.startswith("stock")], available)
        for order, need in needs:
            asked = question(order, ASKED[need], facts)
            if need == "question":
                waiting.append(asked)
            elif need == "release":
                yield from _ask(run, [asked], "released")
            elif missing := short(order, available):
                yield Step("short", f"order {order['id']} is confirmed, and lacks {missing}", stays=True)
            elif need == "stock" or _forget(run, answers[order["id"]]):
                yield from _ask(run, [asked], "asked for anew")
    yield from _ask(run, waiting, "asked for anew")
    yield from _without_order(run)


def _without_order(run: Run) -> Iterator[Step]:
    for batch in hundreds(find(run.place, "products", Wanted("reservation"))):
        answers = [items.read_item(item) for item in batch]
        there = get(run.place, "orders", (f"order#{each['id']}" for each in answers))
        for each in answers:
            if f"order#{each['id']}" in there:
                continue
            yield Step("lost", f"order {each['id']} is not there; its reservation was {each['status']}{_lines(each)}")
            if each["status"] != "released":
                yield from _ask(run, [release(each, clock.now())], "released")


def _lines(answer: Plain) -> str:
    lines = ", ".join(f"{line['quantity']} {line['sku']}" for line in answer.get("lines", ()))
    return f": {lines}" if lines else ""


def _answers(run: Run, orders: Sequence[Plain]) -> dict[str, Plain]:
    found = get(run.place, "products", (f"reservation#{order['id']}" for order in orders))
    return {key.partition("#")[2]: items.read_item(item) for key, item in found.items()}


def _look_at_shelves(run: Run, orders: Sequence[Plain], available: dict[str, int]) -> None:
    unknown = {line["sku"] for order in orders for line in order["lines"]} - available.keys()
    for item in get(run.place, "products", (f"stock#{sku}" for sku in sorted(unknown))).values():
        available[item["sku"]["S"]] = int(item["available"]["N"])


def _forget(run: Run, refused: Plain) -> bool:
    """Takes away an answer that holds nothing; not one that is another by now."""
    if run.dry_run:
        return True
    try:
        run.place.dynamodb.delete_item(
            TableName=run.place.table("products"),
            Key={"pk": {"S": refused["pk"]}},
            ConditionExpression="version = :was",
            ExpressionAttributeValues={":was": {"N": str(refused["version"])}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _ask(run: Run, asked: Sequence[Message[Any]], verb: str) -> Iterator[Step]:
    """Puts it into the inbox of products as the topic of orders would."""
    inbox = run.place.queue("products", "inbox")
    for batch in relay.batches(relay.entry_of(message.id, message) for message in asked):
        failed = {} if run.dry_run else _send(run, str(inbox), batch)
        for place, entry in enumerate(batch):
            yield Step("not asked", f"{entry.id}: {failed[place]}", stays=True) if place in failed else Step(verb)


def _send(run: Run, inbox: str, batch: Sequence[relay.Entry]) -> dict[int, str]:
    """What SQS did not take, with what it says."""
    run.pace.take(len(batch))
    entries = [{"Id": str(place), "MessageBody": entry.body} for place, entry in enumerate(batch)]
    answer = run.place.sqs.send_message_batch(QueueUrl=inbox, Entries=entries)  # type: ignore[arg-type]
    return {int(each["Id"]): each["Code"] for each in answer.get("Failed", ())}
