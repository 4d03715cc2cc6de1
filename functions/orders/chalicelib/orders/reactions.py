"""What others' facts, and the clock, cause here: each finds an order that waits for it, or does nothing."""

from collections.abc import Callable

from chalicelib.orders import model, schemas, store
from chalicelib.orders.commands import patience
from chalicelib.orders.model import Customer, Decision, Order, Product
from chassis import clock, log
from chassis.inbox import Reaction
from chassis.messages import Message
from chassis.sign_outs import Told

AT_ONCE = 100  # orders of each shard that ask again at one tick; the next tick takes the next


def when_stock_reserved(heard: Message[schemas.StockAnswered]) -> None:
    """Confirms the order."""
    _settle(heard.data.id, lambda order: model.confirm(order, clock.now()))


def when_stock_refused(heard: Message[schemas.StockAnswered]) -> None:
    """Rejects the order, with what there was too little of."""
    _settle(heard.data.id, lambda order: model.reject(order, heard.data.shortages, clock.now()))


def when_stock_released(heard: Message[schemas.StockAnswered]) -> None:
    """Lets a cancelled order rest."""
    _settle(heard.data.id, lambda order: model.rest(order, clock.now()))


def when_customer_changed(heard: Message[schemas.CustomerTold]) -> None:
    """Keeps whether the customer may order."""
    _keep_customer(heard)


def when_customer_erased(heard: Message[schemas.CustomerTold]) -> None:
    """Keeps that the customer may order no more, and forgets what was counted of it; its orders stay, by its id."""
    _keep_customer(heard)
    store.forget(heard.data.id)


def when_signed_out(heard: Message[Told]) -> None:
    """Keeps since when whose tokens are good."""
    store.sign_outs.keep(heard)


def when_product_changed(heard: Message[schemas.ProductTold]) -> None:
    """Keeps what the product costs and whether it can be ordered."""
    told = heard.data
    store.keep_product(
        Product(sku=told.sku, version=heard.version, name=told.name, status=told.status, price=told.price)
    )


def when_time_passes() -> None:
    """Lets the orders that wait too long ask again, or give up at their deadline; one that fails holds up no other."""
    now = clock.now()
    for id in store.waiting(now, AT_ONCE):
        try:
            _settle(id, lambda order: model.ask_again(order, now, patience()))
        except Exception as error:  # it stays where it is, and comes again with the next tick
            log.fail("did not ask again", error, order=id)


def _keep_customer(heard: Message[schemas.CustomerTold]) -> None:
    store.keep_customer(Customer(id=heard.data.id, version=heard.version, status=heard.data.status))


def _settle(id: str, decide: Callable[[Order], Decision | None]) -> None:
    """An order that is not here was never acknowledged to anybody: there is nothing to settle, and nobody waits."""

    def decided(found: Order | None) -> Decision | None:
        if found is None:
            log.warn("no such order", order=id)
            return None
        return decide(found)

    store.orders.change(id, decided)


REACTIONS: dict[str, Reaction] = {
    "emporium.products.StockReserved.v1": when_stock_reserved,
    "emporium.products.StockRefused.v1": when_stock_refused,
    "emporium.products.StockReleased.v1": when_stock_released,
    "emporium.products.ProductAdded.v1": when_product_changed,
    "emporium.products.ProductRevised.v1": when_product_changed,
    "emporium.products.PriceChanged.v1": when_product_changed,
    "emporium.products.ProductPublished.v1": when_product_changed,
    "emporium.products.ProductUnpublished.v1": when_product_changed,
    "emporium.products.ProductArchived.v1": when_product_changed,
    "emporium.customers.CustomerRegistered.v1": when_customer_changed,
    "emporium.customers.CustomerDeactivated.v1": when_customer_changed,
    "emporium.customers.CustomerErased.v1": when_customer_erased,
    "emporium.customers.SignedOut.v1": when_signed_out,
}
