"""The dashboard of the business: what customers want from the shop, and what comes of it."""

from collections.abc import Iterator, Sequence

from infra.watching import measures
from infra.watching.measures import Metric
from infra.watching.widgets import Widget, body, graph

OUTCOMES = {
    "placed": "OrdersPlaced",
    "confirmed": "OrdersConfirmed",
    "rejected": "OrdersRejected",
    "cancelled": "OrdersCancelled",
}
DEAD_LETTERS = (
    ("customers", "relay-dlq"),
    ("orders", "inbox-dlq"),
    ("orders", "relay-dlq"),
    ("products", "inbox-dlq"),
    ("products", "relay-dlq"),
)


def dashboard() -> str:
    """The body of the dashboard."""
    return body(_rows())


def _rows() -> Iterator[Sequence[Widget]]:
    outcomes = {label: _orders(name) for label, name in OUTCOMES.items()}
    registered = measures.of_ours("CustomersRegistered", "customers")
    yield [
        graph("Orders", outcomes, width=16, number=True),
        graph("New customers", {"registered": registered}, width=8, number=True),
    ]
    yield [
        graph("Orders", outcomes),
        graph(
            "From placed to confirmed (s)",
            {stat: _orders("TimeToConfirmationSeconds").by(stat) for stat in ("p50", "p99")},
        ),
        graph("New customers", {"registered": registered}),
    ]
    yield [
        graph("Too little in stock", {"orders refused": measures.of_ours("StockShort", "products")}),
        graph("Orders that wait", {"asked again": _orders("OrdersAskedAgain"), "stuck": _orders("OrdersStuck")}),
        graph("Set aside", {f"{whose} {queue}": _waiting(whose, queue) for whose, queue in DEAD_LETTERS}),
    ]


def _orders(name: str) -> Metric:
    return measures.of_ours(name, "orders")


def _waiting(capability: str, queue: str) -> Metric:
    return measures.of_queue("ApproximateNumberOfMessagesVisible", capability, queue)
