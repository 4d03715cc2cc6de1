"""What an order and its answer lack to agree, and whether there is enough for those that lack stock: no effects."""

from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any, Literal

from chassis import messages
from chassis.messages import Message

Plain = Mapping[str, Any]
Need = Literal["stock", "stock anew", "question", "release"]


def lacking(order: Plain, answer: Plain | None) -> Need | None:
    """What products is to be asked for; an order that came to its end says what has to hold of its stock.

    A refused answer to a confirmed order stands in the way of its stock: it goes first (anew). An order that hears that
    nothing is held for it cancels itself, so that it lacks nothing here.
    """
    match order["status"], answer and answer["status"]:
        case "confirmed", None:
            return "stock"
        case "confirmed", "refused":
            return "stock anew"
        case "placed", None:
            return "question"
        case ("rejected", None | "reserved") | ("cancelled", None | "reserved" | "refused"):
            return "release"
    return None


def short(order: Plain, available: MutableMapping[str, int]) -> str:
    """What there is too little of, in words; where there is enough of all lines, they are taken from what there is."""
    lines = [(line["sku"], line["quantity"]) for line in order["lines"]]
    little = [(sku, wanted, there) for sku, wanted in lines if (there := available.get(sku, 0)) < wanted]
    if not little:
        for sku, wanted in lines:
            available[sku] -= wanted
    return ", ".join(f"{wanted} {sku} ({there} there)" for sku, wanted, there in little)


def question(order: Plain, fact: str, facts: Mapping[str, type]) -> Message[Any]:
    """The order as it stands, told as that fact; beside what it told itself, so with an id of its own."""
    told = list(order.get("outbox", ()))
    last = told[-1] if told else {"trace": ""}
    item = {**order, "outbox": [*told, {**last, "fact": fact}]}
    if order["status"] == "confirmed":  # whose stock is wanted long after its answer was
        item.pop("answer_by", None)
    return messages.of_item("orders", item, dict(facts))[-1]


def release(answer: Plain, now: datetime) -> Message[Any]:
    """That an order is cancelled which is not there any more, as far as products reads it."""
    version = answer["asked"] + 1
    return Message(
        id=f"order/{answer['id']}/{version}/0",
        source="/emporium/orders",
        type=messages.type_of("orders", "OrderCancelled"),
        subject=answer["id"],
        time=now,
        sequence=f"{version:010d}",
        data={"id": answer["id"]},
    )
