"""A capability's dashboard: its alarms, what is asked of it, its functions, its events and its table."""

from collections.abc import Iterator, Sequence

from infra.watching import measures
from infra.watching.alarms import Alarm
from infra.watching.functions import Function
from infra.watching.measures import Metric
from infra.watching.widgets import Widget, body, found, graph, states

WORTH_A_LOOK = (
    'fields at, level, message, capability, coalesce(cause, why) as reason, trace | filter level != "info" '
    "| sort @timestamp desc | limit 50"
)
OWN = {
    "customers": ("CustomersRegistered",),
    "orders": ("OrdersPlaced", "OrdersConfirmed", "OrdersRejected", "OrdersCancelled", "OrdersAskedAgain"),
    "products": ("StockShort",),
}
_HANDLING = ("MessagesFailed", "MessagesRetried", "BatchesDelayed", "FactsParked", "ColdStarts")


def dashboard(capability: str, functions: Sequence[Function], alarms: Sequence[Alarm]) -> str:
    """The body of the dashboard."""
    return body(_rows(capability, functions, alarms))


def _rows(capability: str, functions: Sequence[Function], alarms: Sequence[Alarm]) -> Iterator[Sequence[Widget]]:
    yield [states("Alarms", (alarm.name(capability) for alarm in alarms))]
    yield _asked(capability)
    yield [
        graph("Calls", _each(functions, "Invocations")),
        graph("Errors", _each(functions, "Errors")),
        graph("Duration p99 (ms)", _each(functions, "Duration", "p99")),
    ]
    yield _passed_on(capability, functions)
    yield [
        graph("Throttles", _each(functions, "Throttles"), width=6),
        graph("At once", _each(functions, "ConcurrentExecutions", "Maximum"), width=6),
        graph("Table: units used", _table(capability, "Consumed{}CapacityUnits"), width=6),
        graph("Table: throttled", _table(capability, "{}ThrottleEvents"), width=6),
    ]
    groups = [f"/emporium/${{Stage}}/{capability}/{each.spoken.replace('-', '_')}" for each in functions]
    yield [found("Warnings and faults", groups, WORTH_A_LOOK)]


def _asked(capability: str) -> Sequence[Widget]:
    latency = measures.of_api("Latency", capability)
    return [
        graph("Requests", {name: measures.of_api(name, capability) for name in ("Count", "4XXError", "5XXError")}),
        graph("Answered within (ms)", {stat: latency.by(stat) for stat in ("p50", "p90", "p99")}),
        graph("What came of it", {name: measures.of_ours(name, capability) for name in OWN.get(capability, ())}),
    ]


def _passed_on(capability: str, functions: Sequence[Function]) -> Sequence[Widget]:
    feeds = {each.fed_by: each for each in functions}
    late: dict[str, Metric] = {}
    aside: dict[str, Metric] = {}
    if "stream" in feeds:
        late["relay (ms)"] = measures.of_function("IteratorAge", feeds["stream"].id).by("Maximum")
        aside["relay-dlq"] = measures.of_queue("ApproximateNumberOfMessagesVisible", capability, "relay-dlq")
    if "queue" in feeds:
        late["inbox (s)"] = measures.of_queue("ApproximateAgeOfOldestMessage", capability, "inbox")
        aside["inbox-dlq"] = measures.of_queue("ApproximateNumberOfMessagesVisible", capability, "inbox-dlq")
        aside["inbox"] = measures.of_queue("ApproximateNumberOfMessagesVisible", capability, "inbox")
    return [
        graph("Events: how late", late),
        graph("Events: how many wait, or were set aside", aside),
        graph("Events: handling", {name: measures.of_ours(name, capability) for name in _HANDLING}),
    ]


def _each(functions: Sequence[Function], name: str, stat: str = "Sum") -> dict[str, Metric]:
    return {each.spoken: measures.of_function(name, each.id).by(stat) for each in functions}


def _table(capability: str, name: str) -> dict[str, Metric]:
    return {each: measures.of_table(name.format(each), capability) for each in ("Read", "Write")}
