"""What others' facts cause here: an order's are questions, answered once, and anew only when asked anew."""

from chalicelib.products import model, schemas, store
from chalicelib.products.model import Line
from chassis import clock, log
from chassis.inbox import Reaction
from chassis.messages import Message
from chassis.sign_outs import Told


def when_order_placed(heard: Message[schemas.OrderPlaced]) -> None:
    """Reserves all lines of the order, or refuses it with those that there is too little of.

    One that waited in the queue until nobody wants its answer any more is dropped: its cancellation is told for itself.
    """
    order, asked, now = heard.data.id, heard.version, clock.now()
    if heard.data.answer_by and now > heard.data.answer_by:
        log.say("came too late", order=order)
        return
    lines = [Line(line.sku, line.quantity) for line in heard.data.lines]
    try:
        store.answer_order(order, lambda found: model.reserve(found, order, lines, asked, now), known=None)
    except store.StockShort as short:
        shortages = short.shortages
        store.answer_order(order, lambda found: model.refuse(found, order, shortages, asked, now))


def when_order_cancelled(heard: Message[schemas.OrderCancelled]) -> None:
    """Gives back what the order held, also when the order itself comes later."""
    order, asked, now = heard.data.id, heard.version, clock.now()
    store.answer_order(order, lambda found: model.release(found, order, asked, now))


def when_signed_out(heard: Message[Told]) -> None:
    """Keeps since when whose tokens are good."""
    store.sign_outs.keep(heard)


REACTIONS: dict[str, Reaction] = {
    "emporium.orders.OrderPlaced.v1": when_order_placed,
    "emporium.orders.OrderCancelled.v1": when_order_cancelled,
    "emporium.customers.SignedOut.v1": when_signed_out,
}
